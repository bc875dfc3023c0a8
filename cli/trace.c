/* SPDX-License-Identifier: MIT */
/* pvabi trace: VM exits of a running virtual machine, live, by what they belong to. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/header.h"
#include "cli/options.h"
#include "cli/trace-command.h"
#include "cli/trace-qemu.h"
#include "cli/trace-record.h"
#include "cli/trace-show.h"
#include "cli/verbs.h"
#include "common/error.h"
#include "common/interrupt.h"

#define REFRESH_US 1000000
#define OTHERS_LIVE 8u
#define OTHERS_AT_END 16u

typedef struct Trace {
        const PvOptions *options;
        PvTraced *traced;
        PvExits *exits;         /* NULL: nothing to count, QEMU itself says what it does */
        PvRecording *recording; /* NULL: none */
        char *blocked; /* why exits are not counted though they might be; NULL: nothing is in the way */
        gboolean live;
        guint drawn; /* lines on the terminal to be drawn over */
        gint64 due;  /* when they are */
} Trace;

/* ---- while it runs ---- */

static guint
terminal_lines(void)
{
        struct winsize size;

        return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row ? size.ws_row : 24;
}

static guint
count_lines(const char *text)
{
        guint n = 0;

        while ((text = strchr(text, '\n'))) {
                text++;
                n++;
        }
        return n;
}

static void
wipe(Trace *t)
{
        if (t->drawn)
                printf("\033[%uA\033[J", t->drawn);
        t->drawn = 0;
}

/* Over the last one. More lines than the terminal has could not be drawn over again. */
static void
draw(Trace *t)
{
        g_auto(PvTraceTotals) totals = {0};
        g_autoptr(GString) text = g_string_new(NULL);
        guint others = OTHERS_LIVE;

        pv_trace_totals_init(&totals, t->exits);
        do {
                g_string_truncate(text, 0);
                pv_trace_draw(&totals, others, FALSE, text);
        } while (count_lines(text->str) >= terminal_lines() && others--);
        wipe(t);
        fputs(text->str, stdout);
        fflush(stdout);
        t->drawn = count_lines(text->str);
}

/* When the next table is due, in ms from now; -1: none ever is. */
static int
refresh(Trace *t)
{
        gint64 now = g_get_monotonic_time();

        if (!t->live || !t->exits)
                return -1;
        if (now >= t->due) {
                draw(t);
                t->due = now + REFRESH_US;
        }
        return (int) ((t->due - now) / 1000) + 1;
}

/* Until the process has ended, or the user has seen enough. */
static gboolean
watch(Trace *t, GError **error)
{
        struct pollfd wait[] = {{.fd = t->traced->fd, .events = POLLIN},
                                {.fd = pv_recording_fd(t->recording, t->exits), .events = POLLIN}};
        int n = 0;

        while (n >= 0 && !wait[0].revents) {
                n = pv_interrupt_poll(wait, G_N_ELEMENTS(wait), refresh(t));
                if (wait[1].revents && !pv_recording_take(t->recording, t->exits, error))
                        return FALSE;
                if (wait[1].revents & (POLLHUP | POLLERR))
                        wait[1].fd = -1;
        }
        wipe(t);
        return TRUE;
}

/* ---- the end ---- */

static void
print_header(const PvOptions *o)
{
        PvLegs legs = {0};
        const PvHeader header = {.command = o->command, .seed = o->seed, .level = o->level, .legs = &legs};

        pv_legs_init(&legs, NULL);
        pv_trace_print(pv_header_record(&header));
        pv_legs_clear(&legs);
}

static void
show(const Trace *t, const PvTraceTotals *totals, const char *end)
{
        g_autoptr(GString) text = g_string_new(NULL);

        if (t->options->json) {
                print_header(t->options);
                pv_trace_records(totals, t->traced->name, end, pv_recording_n(t->recording));
                return;
        }
        if (t->exits)
                pv_trace_draw(totals, OTHERS_AT_END, TRUE, text);
        g_string_append_printf(text, "%s (process %d): %s.\n", t->traced->name, (int) t->traced->pid, end);
        if (t->recording)
                g_string_append_printf(text, "%" G_GUINT64_FORMAT " accesses recorded in %s.\n",
                                       pv_recording_n(t->recording), t->options->record);
        fputs(text->str, stdout);
}

/* What was asked for and is not there. */
static PvExit
outcome(const Trace *t, const PvTraceTotals *totals, const char *end)
{
        if (pv_interrupted())
                return PV_EXIT_INTERRUPTED;
        if (totals->lost) {
                fprintf(stderr,
                        "pvabi: %" G_GUINT64_FORMAT
                        " events were lost for want of room, so the counts are too low; "
                        "trace a shorter time\n",
                        totals->lost);
                return PV_EXIT_ERROR;
        }
        if (t->blocked) {
                fprintf(stderr, "pvabi: %s\n", t->blocked);
                return PV_EXIT_INCOMPLETE;
        }
        if (t->exits && !pv_exits_userspace(totals->counts)) {
                fprintf(stderr,
                        "pvabi: %s ran no vCPU of KVM (%s); to QEMU give -accel kvm, and without KVM "
                        "--record FILE "
                        "shows what firmware does\n",
                        t->traced->name, end);
                return PV_EXIT_INCOMPLETE;
        }
        if (t->recording && !pv_recording_n(t->recording)) {
                fprintf(stderr,
                        "pvabi: %s touched no port of either ABI (%s), so %s has no access; boot firmware "
                        "that looks for CPUs\n",
                        t->traced->name, end, t->options->record);
                return PV_EXIT_INCOMPLETE;
        }
        return PV_EXIT_OK;
}

static int
finish(Trace *t, GError **error)
{
        g_auto(PvTraceTotals) totals = {0};
        g_autofree char *end = pv_traced_end(t->traced);

        if (t->recording && !pv_recording_close(t->recording, t->exits, error))
                return PV_EXIT_ERROR;
        pv_trace_totals_init(&totals, t->exits);
        show(t, &totals, end);
        fflush(stdout);
        if (ferror(stdout)) {
                g_set_error_literal(error, PV_ERROR, PV_ERROR_HARNESS,
                                    "standard output cannot be written; make room");
                return PV_EXIT_ERROR;
        }
        return outcome(t, &totals, end);
}

/* ---- the beginning ---- */

/* A QEMU without KVM has no exits, and one with KVM can tell what firmware does where BPF cannot see it. */
static gboolean
qemu_tells(Trace *t)
{
        char **command = t->options->rest;

        if (!command || !pv_trace_qemu_is(command))
                return FALSE;
        if (pv_trace_qemu_uses_kvm(command))
                t->blocked = pv_exits_missing();
        return t->blocked || !pv_trace_qemu_uses_kvm(command);
}

static gboolean
begin(Trace *t, GError **error)
{
        const PvOptions *o = t->options;
        g_auto(GStrv) command = NULL;

        if (o->record && !(t->recording = pv_recording_new(o->record, o->pid, o->rest, qemu_tells(t), error)))
                return FALSE;
        command = o->pid ? NULL : pv_recording_command(t->recording, o->rest);
        t->traced = o->pid ? pv_traced_attach(o->pid, error) : pv_traced_hold(command, o->json, error);
        if (!t->traced)
                return FALSE;
        if (!pv_recording_is_qemus(t->recording) &&
            !(t->exits = pv_exits_open(t->traced->pid, pv_recording_watch(t->recording), error)))
                return FALSE;
        return pv_traced_go(t->traced, error);
}

static int
trace(const PvOptions *options, GError **error)
{
        Trace t = {.options = options, .live = isatty(STDOUT_FILENO) && !options->json};
        int code = PV_EXIT_ERROR;

        if (begin(&t, error) && watch(&t, error))
                code = finish(&t, error);
        pv_exits_free(t.exits);
        pv_traced_free(t.traced);
        pv_recording_free(t.recording);
        g_free(t.blocked);
        return code;
}

int
pv_verb_trace(int argc, char **argv)
{
        g_auto(PvOptions) options = {0};
        g_autoptr(GError) error = NULL;
        int code;

        if (!pv_options_parse(
                    &options, PV_OPTIONS_TRACE | PV_OPTIONS_JSON | PV_OPTIONS_REST,
                    "[-- COMMAND ARGUMENT...]",
                    "Counts the VM exits of a virtual machine under KVM, until it ends or you interrupt.",
                    argc, argv, &code))
                return code;
        if (!options.pid == !options.rest) {
                fputs("pvabi: trace takes either --pid PID or a command; as in: pvabi trace -- "
                      "qemu-system-x86_64 "
                      "-accel kvm\n",
                      stderr);
                return PV_EXIT_USAGE;
        }
        signal(SIGPIPE, SIG_IGN); /* a reader that has seen enough: the command must not be left alone */
        pv_interrupt_catch();
        code = trace(&options, &error);
        pv_interrupt_release();
        return error ? pv_complain(error) : code;
}
