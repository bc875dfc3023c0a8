/* SPDX-License-Identifier: MIT */
/* Timing. Nothing is traced while the clock runs. */
#include "bench/speed.h"

#include <string.h>

#include "bench/access.h"
#include "bench/bare.h"
#include "bench/contest.h"
#include "common/qtest.h"
#include "common/session.h"

#define SECONDS 2.0        /* for a contest */
#define MODEL_CALLS 50000u /* per batch: about a tenth of a millisecond */
#define QTEST_CALLS 100u
#define IDS_RUNS 7
#define LIST_RUNS 9

#define LARGEST_SMP "cpus=1,maxcpus=1048576,sockets=1,dies=1,cores=1048576,threads=1"
#define STATUS_OFFSET 4u /* of the register block: reading it changes nothing */

typedef int (*ReadFn)(PvBus *, PvSpace, uint64_t, unsigned, uint64_t *);

/* What both contestants read. */
typedef struct Contest {
        PvBus *bus;
        int fd;
        uint16_t port;
} Contest;

typedef struct Outcome {
        double ours, bare; /* ns per call */
        double floor;      /* of both, at least 1: what a ratio of 1 looks like here */
} Outcome;

static gboolean
run_contest(Contest *contest, PvTurn ours, PvTurn bare, Outcome *ret_outcome, GError **error)
{
        PvContestant both[] = {{.turn = ours, .data = contest}, {.turn = bare, .data = contest}};

        if (!pv_contest_run(both, G_N_ELEMENTS(both), SECONDS, error))
                return FALSE;
        *ret_outcome = (Outcome){both[0].times.median, both[1].times.median,
                                 MAX(both[0].times.floor, both[1].times.floor)};
        return TRUE;
}

void
pv_speed_record(PvRecorder *recorder, const PvSpeed *speed)
{
        JsonObject *record = pv_record_new("speed");

        json_object_set_string_member(record, "name", speed->name);
        json_object_set_double_member(record, "value", speed->value);
        json_object_set_string_member(record, "unit", speed->unit);
        json_object_set_double_member(record, "bound", speed->bound);
        if (speed->floor > 0)
                json_object_set_double_member(record, "floor", speed->floor);
        json_object_set_string_member(record, "what", speed->what);
        json_object_set_string_member(record, "target", speed->target);
        pv_recorder_add(recorder, record);
}

/* Times of one run beside each other: what they share is said once. */
static void
record_all(PvRecorder *recorder, const char *target, const PvSpeed *speeds, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                PvSpeed speed = speeds[i];

                speed.target = target;
                pv_speed_record(recorder, &speed);
        }
}

/* A machine that nobody watches, with the device already found, so that it is out of legacy mode. */
static PvSession *
open_untraced(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, const char *smp,
              GError **error)
{
        const PvSessionOptions options = {.untraced = TRUE};
        PvCell cell = {.smp = smp};

        return pv_session_open(loader, candidate, target, &cell, &options, error);
}

static gboolean
found(PvSession *session, const PvCandidate *candidate, GError **error)
{
        int r = session->consumer->detect(session->consumer_state);

        if (r)
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "%s: detect() answered %d on an idle machine",
                            candidate->name, r);
        return r == 0;
}

/* ---- one access on the model ---- */

static double
batch_model(void *data)
{
        Contest *contest = data;
        double start = pv_now_ns();
        uint64_t value;
        int failed = 0;

        for (unsigned i = 0; i < MODEL_CALLS; i++)
                failed |= contest->bus->ops->read(contest->bus, PV_SPACE_PIO, contest->port, 1, &value);
        return failed ? -1 : (pv_now_ns() - start) / MODEL_CALLS;
}

static double
batch_call(void *data)
{
        Contest *contest = data;
        ReadFn volatile read = pv_bare_read;
        double start = pv_now_ns();
        uint64_t value;
        int failed = 0;

        for (unsigned i = 0; i < MODEL_CALLS; i++)
                failed |= read(contest->bus, PV_SPACE_PIO, contest->port, 1, &value);
        return failed ? -1 : (pv_now_ns() - start) / MODEL_CALLS;
}

static void
record_access(PvRecorder *recorder, const char *target, const Outcome *outcome)
{
        static const char what[] = "regblock:qemu-6.0 on q35: a 1-byte read of the status register, untraced";
        const PvSpeed speeds[] = {
                {"one access on the model / one bare indirect call", "ratio", what, .value = outcome->ours / outcome->bare,
                 .bound = 3, .floor = outcome->floor},
                {"one access on the model", "ns", what, .value = outcome->ours, .floor = outcome->floor},
                {"one bare indirect call", "ns", "a function of the same signature that does nothing",
                 .value = outcome->bare, .floor = outcome->floor},
        };

        record_all(recorder, target, speeds, G_N_ELEMENTS(speeds));
}

gboolean
pv_speed_access(PvLoader *loader, const PvTarget *model, PvRecorder *recorder, GError **error)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, "regblock:qemu-6.0", error);
        g_autoptr(PvSession) session =
                candidate ? open_untraced(loader, candidate, model, NULL, error) : NULL;
        Contest contest = {0};
        Outcome outcome;

        if (!session || !found(session, candidate, error))
                return FALSE;
        contest.bus = session->bus;
        contest.port = (uint16_t) (pv_session_base(session, candidate, candidate->machine.part[0].backend) +
                                   STATUS_OFFSET);
        if (!run_contest(&contest, batch_model, batch_call, &outcome, error))
                return FALSE;
        record_access(recorder, model->name, &outcome);
        return TRUE;
}

/* ---- all APIC IDs ---- */

static gboolean
time_ids(PvLoader *loader, const PvCandidate *candidate, const PvTarget *model, double *ret_ms,
         GError **error)
{
        g_autoptr(PvSession) session = open_untraced(loader, candidate, model, LARGEST_SMP, error);
        double start;
        PvView view;
        int r;

        if (!session)
                return FALSE;
        view = session->buffers;
        start = pv_now_ns();
        r = session->consumer->detect(session->consumer_state);
        if (!r && session->consumer->enumerate)
                r = session->consumer->enumerate(session->consumer_state, PV_FACET_APIC_ID, &view);
        if (r || !(view.facets & PV_FACET_APIC_ID)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "%s: no APIC IDs of 2^20 CPUs (%d)",
                            candidate->name, r);
                return FALSE;
        }
        *ret_ms = (pv_now_ns() - start) / 1e6;
        return TRUE;
}

static gboolean
speed_of_ids(PvLoader *loader, const PvTarget *model, const char *candidate_name, const char *name,
             double bound, PvRecorder *recorder, GError **error)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, candidate_name, error);
        PvSpeed speed = {name, "ms", "detection and enumeration, untraced, median of 7", model->name, .bound = bound};
        double ms[IDS_RUNS];

        if (!candidate)
                return FALSE;
        for (size_t i = 0; i < IDS_RUNS; i++)
                if (!time_ids(loader, candidate, model, &ms[i], error))
                        return FALSE;
        speed.value = pv_times_of(ms, IDS_RUNS).median;
        pv_speed_record(recorder, &speed);
        return TRUE;
}

gboolean
pv_speed_ids(PvLoader *loader, const PvTarget *model, PvRecorder *recorder, GError **error)
{
        return speed_of_ids(loader, model, "regblock:qemu-6.0",
                            "all APIC IDs of 2^20 CPUs, regblock:qemu-6.0", 50, recorder, error) &&
               speed_of_ids(loader, model, "fwcfg:map/port", "all APIC IDs of 2^20 CPUs, fwcfg:map by port",
                            200, recorder, error);
}

/* ---- one qtest access ---- */

static double
batch_bus(void *data)
{
        Contest *contest = data;
        double start = pv_now_ns();
        uint64_t value;

        for (unsigned i = 0; i < QTEST_CALLS; i++)
                if (contest->bus->ops->read(contest->bus, PV_SPACE_PIO, contest->port, 1, &value))
                        return -1;
        return (pv_now_ns() - start) / QTEST_CALLS;
}

static double
batch_client(void *data)
{
        Contest *contest = data;
        double start = pv_now_ns();
        uint64_t value;

        for (unsigned i = 0; i < QTEST_CALLS; i++)
                if (!pv_bare_qtest_inb(contest->fd, contest->port, &value))
                        return -1;
        return (pv_now_ns() - start) / QTEST_CALLS;
}

static void
record_qtest(PvRecorder *recorder, const char *target, const Outcome *outcome)
{
        const PvSpeed speeds[] = {
                {"one qtest access / a bare C client's", "ratio", "the same read on the same socket, in turns",
                 .value = outcome->ours / outcome->bare, .bound = 1.10, .floor = outcome->floor},
                {"one qtest access", "us", "a 1-byte port read of the register block's status",
                 .value = outcome->ours / 1000, .floor = outcome->floor},
        };

        record_all(recorder, target, speeds, G_N_ELEMENTS(speeds));
}

gboolean
pv_speed_qtest(PvLoader *loader, const PvTarget *target, PvRecorder *recorder, GError **error)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, "regblock:qemu-6.0", error);
        g_autoptr(PvSession) session =
                candidate ? open_untraced(loader, candidate, target, NULL, error) : NULL;
        Contest contest = {0};
        Outcome outcome;

        if (!session)
                return FALSE;
        contest.bus = session->bus;
        contest.fd = pv_qtest_fd(session->bus);
        contest.port = (uint16_t) (pv_session_base(session, candidate, candidate->machine.part[0].backend) +
                                   STATUS_OFFSET);
        if (contest.fd < 0)
                return TRUE;
        if (!found(session, candidate, error))
                return FALSE;
        if (!run_contest(&contest, batch_bus, batch_client, &outcome, error))
                return FALSE;
        record_qtest(recorder, target->name, &outcome);
        return TRUE;
}

/* ---- one exit ---- */

static void
record_kvm(PvRecorder *recorder, const char *target, const PvTimes *ours, const PvTimes *bare)
{
        static const char what[] = "a 1-byte read of the register block's status, by the same guest code in the same VM";
        const double floor = MAX(ours->floor, bare->floor);
        const PvSpeed speeds[] = {
                {"one access by our VMM / by a bare KVM_RUN loop", "ratio", what, .value = ours->median / bare->median,
                 .bound = 1.10, .floor = floor},
                {"one access by our VMM", "us", what, .value = ours->median / 1000, .floor = floor},
                {"one access by a bare KVM_RUN loop", "us", "its handler is empty", .value = bare->median / 1000,
                 .floor = floor},
        };

        record_all(recorder, target, speeds, G_N_ELEMENTS(speeds));
}

gboolean
pv_speed_kvm(PvLoader *loader, const PvTarget *kvm, PvRecorder *recorder, GError **error)
{
        PvTimes ours, bare;

        if (!pv_access_bare(loader, kvm, &ours, &bare, error))
                return FALSE;
        record_kvm(recorder, kvm->name, &ours, &bare);
        return TRUE;
}

/* ---- a whole process ---- */

/* Of this program only: a test that links this file has no verbs. */
gboolean
pv_speed_list(PvLoader *loader, const PvTarget *model, PvRecorder *recorder, GError **error)
{
        g_autofree char *self = g_file_read_link("/proc/self/exe", error);
        g_autofree char *name = self ? g_path_get_basename(self) : NULL;
        char *argv[] = {self, (char *) "list", NULL};
        PvSpeed speed = {"pvabi list", "ms", "the whole process, with its probes of every backend, median of 9",
                         model->name, .bound = 30};
        double ms[LIST_RUNS];

        (void) loader;
        if (!self || strcmp(name, "pvabi"))
                return self != NULL;
        for (size_t i = 0; i < LIST_RUNS; i++) {
                double start = pv_now_ns();

                if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, NULL, error))
                        return FALSE;
                ms[i] = (pv_now_ns() - start) / 1e6;
        }
        speed.value = pv_times_of(ms, LIST_RUNS).median;
        pv_speed_record(recorder, &speed);
        return TRUE;
}
