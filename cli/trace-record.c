/* SPDX-License-Identifier: MIT */
/* Writes a trace file: values from BPF, or from QEMU's trace events. */
#include "cli/trace-record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/exits-rows.h"
#include "cli/trace-qemu.h"
#include "common/error.h"
#include "common/trace-file.h"

#define LINE_LIMIT 65536u /* of QEMU's; what is longer is no access */

struct PvRecording {
        char *path;
        FILE *file;
        guint64 n;
        PvExitsWatch watch;
        int events[2]; /* a pipe, where QEMU tells; -1: BPF sees the values */
        GString *line; /* what came of the line that is not whole yet */
};

/* ---- items ---- */

static void
add(PvRecording *r, char action, guint port, guint width, uint64_t value)
{
        const PvTraceItem item = {
                .action = action, .where = port, .width = width, .value = pv_by_width(value, width)};
        g_autofree char *line = pv_trace_item_line(&item);

        fprintf(r->file, "%s\n", line);
        r->n++;
}

static gboolean
wants(guint16 port)
{
        return pv_exits_is_abi(port);
}

/* A string is as many accesses as it has units. */
static void
add_value(void *data, const PvExitsValue *value)
{
        for (guint unit = 0; unit < value->units; unit++) {
                uint32_t number = 0;

                memcpy(&number, value->data + unit * value->width, value->width);
                add(data, value->kind == PV_EXITS_PIO_IN ? 'R' : 'W', value->port, value->width, number);
        }
}

static void
add_event(PvRecording *r, const char *line)
{
        PvTraceItem item;

        if (pv_trace_qemu_event(line, &item) && wants((guint16) item.where))
                add(r, item.action, (guint) item.where, item.width, item.value);
}

/* ---- the file ---- */

static void
write_header(PvRecording *r, char **command)
{
        g_autofree char *words = g_strjoinv(" ", command);
        const char *smp = pv_trace_qemu_smp(command), *chipset = pv_trace_qemu_chipset(command);

        fprintf(r->file, "# pvabi-trace 1\n# source: %s\n", g_strdelimit(words, "\n\r", ' '));
        if (smp)
                fprintf(r->file, "# smp: %s\n", smp);
        if (chipset)
                fprintf(r->file, "# chipset: %s\n", chipset);
        fprintf(r->file, "# recorded: %s\n# lines: R|W PORT WIDTH VALUE\n",
                r->events[0] < 0 ? "the tracepoint kvm_pio, by BPF"
                                 : "memory_region_ops trace events of QEMU");
}

/* The words that the process was started by, as far as they can be had. */
static char **
command_of(const char *pid)
{
        g_autofree char *path = g_strdup_printf("/proc/%s/cmdline", pid);
        g_autoptr(GPtrArray) words = g_ptr_array_new();
        g_autofree char *text = NULL;
        gsize n = 0;

        g_file_get_contents(path, &text, &n, NULL);
        for (gsize i = 0; i < n; i += strlen(text + i) + 1)
                g_ptr_array_add(words, g_strdup(text + i));
        g_ptr_array_add(words, NULL);
        return (char **) g_ptr_array_steal(words, NULL);
}

/* One end is QEMU's, which opens it by name. */
static gboolean
make_pipe(int *ret_ends)
{
        return pipe(ret_ends) == 0 && fcntl(ret_ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
               fcntl(ret_ends[0], F_SETFL, O_NONBLOCK) == 0;
}

PvRecording *
pv_recording_new(const char *path, const char *pid, char **command, gboolean qemus, GError **error)
{
        g_autoptr(PvRecording) r = g_new0(PvRecording, 1);
        g_auto(GStrv) words = pid ? command_of(pid) : g_strdupv(command);

        r->events[0] = r->events[1] = -1;
        r->path = g_strdup(path);
        r->line = g_string_new(NULL);
        r->watch = (PvExitsWatch){.wants = wants, .value = add_value, .data = r};
        r->file = fopen(path, "we");
        if (!r->file) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "cannot write %s: %s; name a file that can be written", path, g_strerror(errno));
                return NULL;
        }
        if (qemus && !make_pipe(r->events)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "no pipe: %s; close some files",
                            g_strerror(errno));
                return NULL;
        }
        write_header(r, words);
        return g_steal_pointer(&r);
}

static void
close_fd(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

void
pv_recording_free(PvRecording *r)
{
        if (!r)
                return;
        if (r->file)
                fclose(r->file);
        close_fd(&r->events[0]);
        close_fd(&r->events[1]);
        g_string_free(r->line, TRUE);
        g_free(r->path);
        g_free(r);
}

/* ---- sources ---- */

gboolean
pv_recording_is_qemus(const PvRecording *r)
{
        return r && r->events[0] >= 0;
}

char **
pv_recording_command(const PvRecording *r, char **command)
{
        g_autofree char *pipe_end = NULL;

        if (!pv_recording_is_qemus(r))
                return g_strdupv(command);
        pipe_end = g_strdup_printf("/dev/fd/%d", r->events[1]);
        return pv_trace_qemu_command(command, pipe_end);
}

const PvExitsWatch *
pv_recording_watch(const PvRecording *r)
{
        return r ? &r->watch : NULL;
}

/* The process has its end of the pipe by now: ours would keep it open for ever. */
int
pv_recording_fd(PvRecording *r, PvExits *exits)
{
        if (!r)
                return -1;
        close_fd(&r->events[1]);
        return exits ? pv_exits_fd(exits) : r->events[0];
}

static void
add_text(PvRecording *r, char *text)
{
        char *newline;

        while ((newline = strchr(text, '\n'))) {
                *newline = '\0';
                g_string_append(r->line, text);
                add_event(r, r->line->str);
                g_string_truncate(r->line, 0);
                text = newline + 1;
        }
        if (r->line->len < LINE_LIMIT)
                g_string_append(r->line, text);
}

static void
take_events(PvRecording *r)
{
        char text[LINE_LIMIT + 1];
        ssize_t n;

        while ((n = read(r->events[0], text, LINE_LIMIT)) > 0) {
                text[n] = '\0';
                add_text(r, text);
        }
}

gboolean
pv_recording_take(PvRecording *r, PvExits *exits, GError **error)
{
        if (exits)
                pv_exits_poll(exits);
        else
                take_events(r);
        if (!ferror(r->file))
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot write %s: %s; make room", r->path,
                    g_strerror(errno));
        return FALSE;
}

gboolean
pv_recording_close(PvRecording *r, PvExits *exits, GError **error)
{
        if (!pv_recording_take(r, exits, error))
                return FALSE;
        if (fclose(g_steal_pointer(&r->file)) == 0)
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot write %s: %s; make room", r->path,
                    g_strerror(errno));
        return FALSE;
}

guint64
pv_recording_n(const PvRecording *r)
{
        return r ? r->n : 0;
}
