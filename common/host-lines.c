/* SPDX-License-Identifier: MIT */
/* Client of the host line protocol: one command a line, one answer a line. */
#include "common/host-lines.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/cpu-list.h"
#include "common/error.h"
#include "common/lines.h"
#include "common/smp.h"

#define LINE_LIMIT (1u << 20)
#define UNKNOWN "Unknown command"

typedef struct HostLines {
        PvHost host;
        PvLines lines; /* fd -1: there is no socket */
        PvHostCpus cpus;
        char *why; /* it is gone; NULL: it is not */
        char *limit;
        const char *no_events; /* only told: why there are none */
} HostLines;

/* ---- one command, one answer ---- */

static int
gone(HostLines *h, const char *what, const char *line)
{
        g_autofree char *shown = line ? g_strndup(line, 60) : NULL;
        g_autofree char *printable = shown ? g_strescape(shown, NULL) : NULL;

        if (!h->why) {
                shutdown(h->lines.fd, SHUT_RDWR);
                h->why = g_strdup_printf("the program at the host socket %s%s%s%s", what,
                                         printable ? ": \"" : "", printable ? printable : "",
                                         printable ? "\"" : "");
        }
        return PV_E_GONE;
}

/* The words after OK, or after FAIL with PV_E_REFUSED or PV_E_UNSUPPORTED; valid until the next command. */
static int
command(HostLines *h, const char *text, const char **ret_words)
{
        g_autofree char *line = g_strconcat(text, "\n", NULL);
        PvLinesEnd end;
        char *answer;
        size_t n;

        if (h->why)
                return PV_E_GONE;
        end = pv_lines_send(&h->lines, line, strlen(line));
        if (end == PV_LINES_OK)
                end = pv_lines_next(&h->lines, &answer, &n);
        if (end != PV_LINES_OK)
                return gone(h, pv_lines_word(end), NULL);
        *ret_words = strchr(answer, ' ') ? strchr(answer, ' ') + 1 : "";
        if (!strcmp(answer, "OK") || g_str_has_prefix(answer, "OK "))
                return 0;
        if (!g_str_has_prefix(answer, "FAIL"))
                return gone(h, "is babbling", answer);
        return g_str_has_prefix(*ret_words, UNKNOWN) ? PV_E_UNSUPPORTED : PV_E_REFUSED;
}

static int
say(HostLines *h, int r)
{
        if (r < 0)
                g_printerr("pvabi: qtest: %s\n", h->why);
        return r;
}

/* A command that is not there, or that the host refuses for reasons of its own, is a limit of the target. */
static int
act(HostLines *h, const char *text)
{
        const char *words;
        int r = command(h, text, &words);

        if (r > 0) {
                g_free(h->limit);
                h->limit = r == PV_E_REFUSED
                                   ? g_strdup_printf("the host refused '%s': %s", text, words)
                                   : g_strdup_printf("the host line protocol there has no '%s'", text);
                h->host.limit = h->limit;
        }
        return say(h, r);
}

/* What the caller was given stays where it is; FALSE: this is another machine. */
static gboolean
update(PvHostCpus *cpus, PvHostCpus *now)
{
        uint32_t max_cpus = now->truth.max_cpus;

        if (cpus->truth.max_cpus != max_cpus)
                return FALSE;
        memcpy(cpus->apic_id, now->apic_id, max_cpus * sizeof *now->apic_id);
        memcpy(cpus->present, now->present, pv_bitmap_size(max_cpus));
        memcpy(cpus->boot_present, now->boot_present, pv_bitmap_size(max_cpus));
        cpus->truth = now->truth;
        cpus->truth.apic_id = cpus->apic_id;
        cpus->truth.present = cpus->present;
        cpus->truth.boot_present = cpus->boot_present;
        return TRUE;
}

static int
look(HostLines *h)
{
        PvHostCpus now;
        const char *words, *wrong;
        gboolean same;
        int r = command(h, "cpus", &words);

        if (r)
                return r < 0 ? r : gone(h, "does not answer 'cpus'", words);
        if (!pv_host_cpus_parse(words, &now, &wrong)) {
                g_autofree char *what = g_strdup_printf("answers 'cpus' wrongly, %s", wrong);

                return gone(h, what, words);
        }
        if (!h->cpus.present) {
                h->cpus = now;
                return 0;
        }
        same = update(&h->cpus, &now);
        pv_host_cpus_clear(&now);
        return same ? 0 : gone(h, "has another number of possible CPUs than before", words);
}

/* ---- PvHostOps ---- */

static int
lines_plug(PvHost *host, uint32_t selector)
{
        g_autofree char *text = g_strdup_printf("plug %u", selector);

        return act((HostLines *) host, text);
}

static int
lines_unplug_request(PvHost *host, uint32_t selector)
{
        g_autofree char *text = g_strdup_printf("unplug %u", selector);

        return act((HostLines *) host, text);
}

static int
lines_reset(PvHost *host)
{
        return act((HostLines *) host, "reset");
}

static int
lines_save_load(PvHost *host)
{
        return act((HostLines *) host, "migrate");
}

static int
lines_truth(PvHost *host, PvTruth *ret_truth)
{
        HostLines *h = (HostLines *) host;
        int r = look(h);

        if (!r)
                *ret_truth = h->cpus.truth;
        return say(h, r);
}

static const PvHostOps lines_ops = {
        .plug = lines_plug,
        .unplug_request = lines_unplug_request,
        .reset = lines_reset,
        .save_load = lines_save_load,
        .truth = lines_truth,
};

PvHost *
pv_host_lines_new(int fd, unsigned answer_ms, GError **error)
{
        HostLines *h = g_new0(HostLines, 1);

        h->host.ops = &lines_ops;
        pv_lines_init(&h->lines, fd, LINE_LIMIT, answer_ms);
        if (look(h)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "%s; see docs/attach.md", h->why);
                pv_host_lines_free(&h->host);
                return NULL;
        }
        return &h->host;
}

/* ---- power ---- */

static char *
power_cycle_words(const PvTopology *topology, const uint8_t *present, PvChipset chipset)
{
        GString *words = g_string_new("power-cycle");
        g_autofree char *smp = topology ? pv_smp_format(topology) : NULL;

        if (topology) {
                g_string_append_printf(words, " smp=%s chipset=%s present=", smp,
                                       chipset == PV_CHIPSET_PC ? "pc" : "q35");
                pv_cpu_list_append_set(words, present, topology->max_cpus);
        }
        return g_string_free(words, FALSE);
}

int
pv_host_lines_power_cycle(PvHost *host, const PvTopology *topology, const uint8_t *present, PvChipset chipset,
                          char **ret_why)
{
        HostLines *h = (HostLines *) host;
        g_autofree char *text = power_cycle_words(topology, present, chipset);
        const char *words;
        int r = command(h, text, &words);

        if (r > 0)
                *ret_why = g_strdup(words);
        if (!r) {
                pv_host_cpus_clear(&h->cpus);
                r = look(h);
        }
        if (r < 0)
                *ret_why = g_strdup(h->why);
        return r;
}

/* ---- only told ---- */

static int
told_unsupported(PvHost *host)
{
        host->limit = ((HostLines *) host)->no_events;
        return PV_E_UNSUPPORTED;
}

static int
told_event(PvHost *host, uint32_t selector)
{
        (void) selector;
        return told_unsupported(host);
}

static int
told_truth(PvHost *host, PvTruth *ret_truth)
{
        *ret_truth = ((HostLines *) host)->cpus.truth;
        return 0;
}

static const PvHostOps told_ops = {
        .plug = told_event,
        .unplug_request = told_event,
        .reset = told_unsupported,
        .save_load = told_unsupported,
        .truth = told_truth,
};

PvHost *
pv_host_told_new(PvHostCpus cpus, const char *limit)
{
        HostLines *h = g_new0(HostLines, 1);

        h->host.ops = &told_ops;
        h->lines.fd = -1;
        h->cpus = cpus;
        h->no_events = limit;
        return &h->host;
}

void
pv_host_lines_free(PvHost *host)
{
        HostLines *h = (HostLines *) host;

        if (!h)
                return;
        if (h->lines.fd >= 0)
                close(h->lines.fd);
        pv_lines_clear(&h->lines);
        pv_host_cpus_clear(&h->cpus);
        g_free(h->why);
        g_free(h->limit);
        g_free(h);
}
