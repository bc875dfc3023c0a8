/* SPDX-License-Identifier: MIT */
/* pvabi replay: recorded accesses made again, and the answers compared. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <json-glib/json-glib.h>

#include "cli/options.h"
#include "cli/verbs.h"
#include "common/error.h"
#include "common/interrupt.h"
#include "common/session.h"
#include "common/trace-file.h"

/* The backend whose legacy mode H switch-modern leaves. */
#define SWITCHED_BACKEND "regblock"

typedef struct Replay {
        const PvCandidate *candidate;
        PvSession *session;
        gboolean quiet; /* no line for each difference */
        guint compared, differ;
} Replay;

static void
differs(Replay *r, const PvTraceItem *item, const char *recorded, const char *now)
{
        r->differ++;
        if (!r->quiet)
                printf("line %u: %c 0x%" PRIx64 " %u: recorded %s, now %s\n", item->line, item->action, item->where,
                       item->width, recorded, now);
}

static int
compare_read(Replay *r, const PvTraceItem *item)
{
        PvBus *bus = r->session->bus;
        uint64_t value = 0;
        int result = bus->ops->read(bus, PV_SPACE_PIO, item->where, item->width, &value);

        if (result)
                return result;
        r->compared++;
        if (value != item->value) {
                g_autofree char *recorded = g_strdup_printf("0x%0*" PRIx64, (int) item->width * 2, item->value);
                g_autofree char *now = g_strdup_printf("0x%0*" PRIx64, (int) item->width * 2, value);

                differs(r, item, recorded, now);
        }
        return 0;
}

static char *
hex(const uint8_t *data, unsigned n)
{
        GString *text = g_string_new("0x");

        for (unsigned i = 0; i < n; i++)
                g_string_append_printf(text, "%02x", data[i]);
        return g_string_free(text, FALSE);
}

static int
compare_memory(Replay *r, const PvTraceItem *item)
{
        PvBus *bus = r->session->bus;
        g_autofree uint8_t *data = g_malloc(item->width);
        int result = bus->ops->gpa_read(bus, (PvGpa){item->where}, data, item->width);

        if (result)
                return result;
        r->compared++;
        if (memcmp(data, item->data, item->width)) {
                g_autofree char *recorded = hex(item->data, item->width), *now = hex(data, item->width);

                differs(r, item, recorded, now);
        }
        return 0;
}

/* Twice: the block may have been in either mode. */
static int
switch_modern(Replay *r)
{
        const PvMachine *machine = &r->candidate->machine;

        for (unsigned i = 0; i < machine->n_parts; i++) {
                const PvBackend *backend = machine->part[i].backend;
                uint64_t base = pv_session_base(r->session, r->candidate, backend);
                int result;

                if (strcmp(backend->name, SWITCHED_BACKEND))
                        continue;
                result = pv_bus_out(r->session->bus, base, 4, 0);
                return result ? result : pv_bus_out(r->session->bus, base, 4, 0);
        }
        return PV_E_UNSUPPORTED;
}

static int
host_event(Replay *r, const PvTraceItem *item)
{
        PvHost *host = r->session->host;

        switch ((PvTraceEvent) item->where) {
        case PV_TRACE_PLUG:
                return host->ops->plug(host, (uint32_t) item->value);
        case PV_TRACE_UNPLUG_REQUEST:
                return host->ops->unplug_request(host, (uint32_t) item->value);
        case PV_TRACE_RESET:
                return host->ops->reset(host);
        case PV_TRACE_SAVE_LOAD:
                return host->ops->save_load(host);
        default:
                return switch_modern(r);
        }
}

static int
replay_item(Replay *r, const PvTraceItem *item)
{
        PvBus *bus = r->session->bus;

        switch (item->action) {
        case 'R':
                return compare_read(r, item);
        case 'W':
                return bus->ops->write(bus, PV_SPACE_PIO, item->where, item->width, item->value);
        case 'M':
                return bus->ops->gpa_write(bus, (PvGpa){item->where}, item->data, item->width);
        case 'm':
                return compare_memory(r, item);
        default:
                return host_event(r, item);
        }
}

static gboolean
replay_all(Replay *r, const PvTraceFile *trace, const char *path, GError **error)
{
        for (guint i = 0; i < trace->items->len && !pv_interrupted(); i++) {
                const PvTraceItem *item = &g_array_index(trace->items, PvTraceItem, i);
                int result = replay_item(r, item);

                if (!result)
                        continue;
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "%s, line %u: %s", path, item->line,
                            result < 0 ? "the machine no longer answers"
                            : item->action == 'H' ? "the machine refused this event, or does not have it"
                                                  : "this address is not guest memory");
                return FALSE;
        }
        return TRUE;
}

static PvSession *
open_session(PvLoader *loader, const PvCandidate *candidate, const PvOptions *o, const PvTraceFile *trace,
             GError **error)
{
        const PvCell cell = {.smp = o->smp ? o->smp : trace->smp, .plugged = trace->plugged, .chipset = trace->chipset};
        const PvSessionOptions options = {.seed = (uint32_t) o->seed, .untraced = TRUE};
        g_autoptr(PvTarget) target = pv_target_parse(o->targets ? o->targets[0] : "model", error);

        return target ? pv_session_open(loader, candidate, target, &cell, &options, error) : NULL;
}

static void
print_result(const Replay *r, gboolean json)
{
        if (json)
                printf("{\"compared\":%u,\"differ\":%u}\n", r->compared, r->differ);
        else
                printf("%u values compared, %u differ\n", r->compared, r->differ);
}

static int
replay(const PvOptions *o, GError **error)
{
        const char *path = o->rest[0];
        g_autoptr(PvTraceFile) trace = pv_trace_file_read(path, error);
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(PvCandidate) candidate = trace ? pv_candidate_parse(loader, o->candidates[0], error) : NULL;
        g_autoptr(PvSession) session = candidate ? open_session(loader, candidate, o, trace, error) : NULL;
        Replay r = {.candidate = candidate, .session = session, .quiet = o->json};

        if (!session)
                return PV_EXIT_ERROR;
        if (!replay_all(&r, trace, path, error))
                return PV_EXIT_ERROR;
        print_result(&r, o->json);
        if (pv_interrupted())
                return PV_EXIT_INTERRUPTED;
        if (r.compared == 0)
                fprintf(stderr, "pvabi: %s has no value to compare: it shows nothing\n", path);
        return r.differ ? PV_EXIT_UNEXPECTED : r.compared ? PV_EXIT_OK : PV_EXIT_INCOMPLETE;
}

int
pv_verb_replay(int argc, char **argv)
{
        g_auto(PvOptions) options = {0};
        g_autoptr(GError) error = NULL;
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_MACHINE | PV_OPTIONS_JSON | PV_OPTIONS_ONE, "TRACE",
                              "Makes recorded accesses again on a machine, and compares the answers.", argc, argv, &code))
                return code;
        if (!options.rest || !options.candidates || options.candidates[1] || (options.targets && options.targets[1])) {
                fputs("pvabi: replay takes one trace file, one machine with -c, and at most one --target; "
                      "as in: pvabi replay FILE -c regblock:qemu-6.0\n",
                      stderr);
                return PV_EXIT_USAGE;
        }
        pv_interrupt_catch();
        code = replay(&options, &error);
        pv_interrupt_release();
        return error ? pv_complain(error) : code;
}
