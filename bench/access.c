/* SPDX-License-Identifier: MIT */
/* Runs of one access, timed in turns. */
#include "bench/access.h"

#include <string.h>

#include "bench/contest.h"
#include "bench/quiet.h"
#include "common/kvm.h"
#include "common/session.h"

#define BLOCK "regblock:qemu-6.0"
#define FILES "fwcfg:topology"
#define STATUS_OFFSET 4u /* of the register block: reading it changes nothing */
#define DATA_OFFSET 1u   /* of fw_cfg */
#define SECONDS 3.0
#define TURN_NS 1e6      /* a turn takes at least so long, ... */
#define TURN_COMMANDS 10 /* ... and so many times as long as the command that carries it */
#define TIMES_MAX 200000u

typedef struct Runner Runner;

struct Runner {
        const PvTarget *target;
        const char *operation, *what;
        PvGuestAccess access;
        int (*run)(Runner *runner, guint times); /* so many accesses by one command; not 0: it failed */
        guint most;                              /* accesses of one command */
        guint times;                             /* of one turn */
        PvSession *session;
        PvGuestBus *guest; /* NULL: the access is made from here */
        PvQuiet *quiet;
        double chunk; /* bytes of one exit; 0: it has none */
        GError *error;
        PvTimes outcome; /* per access */
};

static void
runner_clear(Runner *runner)
{
        pv_quiet_free(runner->quiet);
        if (runner->session)
                pv_session_close(runner->session);
        g_clear_error(&runner->error);
}

/* ---- running ---- */

static int
run_plain(Runner *runner, guint times)
{
        PvBus *bus = runner->session->bus;
        uint32_t ignored = 0;
        uint64_t value;
        int failed = 0;

        if (runner->guest)
                return pv_guest_repeat(runner->guest, &runner->access, times, &ignored);
        for (guint i = 0; i < times; i++)
                failed |= bus->ops->read(bus, runner->access.space, runner->access.address,
                                         runner->access.width, &value);
        return failed;
}

static int
bare_exchange(PvGuestBus *guest)
{
        return pv_vm_run_bare(pv_kvm_vm(&guest->bus));
}

static int
run_bare(Runner *runner, guint times)
{
        int (*ours)(PvGuestBus * guest) = runner->guest->exchange;
        int r;

        runner->guest->exchange = bare_exchange;
        r = run_plain(runner, times);
        runner->guest->exchange = ours;
        return r;
}

static int
run_string(Runner *runner, guint times)
{
        uint8_t data[PV_MAILBOX_DATA];

        return times ? pv_guest_read_string(runner->session->bus, runner->access.address, data, times)
                     : run_plain(runner, 0);
}

/* Every one must arrive, or it was no write. */
static int
run_quiet(Runner *runner, guint times)
{
        int r = run_plain(runner, times);

        if (!r && times &&
            pv_quiet_take(runner->quiet, *runner->target->ops->arrivals(runner->session->bus)) != (int) times)
                r = PV_E_GONE;
        return r;
}

/* nothing: as many commands that carry no access. */
static double
take_time(Runner *runner, guint times, gboolean nothing)
{
        double start = pv_now_ns();
        int r = 0;

        for (guint done = 0; done < times && !r; done += MIN(times - done, runner->most))
                r = runner->run(runner, nothing ? 0 : MIN(times - done, runner->most));
        return r ? -1 : pv_now_ns() - start;
}

static double
turn(void *data)
{
        Runner *runner = data;

        return take_time(runner, runner->times, FALSE);
}

static double
turn_of_nothing(void *data)
{
        Runner *runner = data;

        return take_time(runner, runner->times, TRUE);
}

/* By trying more and more. */
static void
choose_times(Runner *runner)
{
        double took = 0, nothing = 0;

        for (runner->times = 1; took >= 0 && runner->times < TIMES_MAX; runner->times *= 2) {
                /* A first access may wake somebody who slept: the second says how long one takes. */
                took = take_time(runner, runner->times, FALSE);
                took = MIN(took, take_time(runner, runner->times, FALSE));
                nothing = take_time(runner, runner->times, TRUE);
                if (took > TURN_NS && (took > TURN_COMMANDS * nothing || runner->times >= runner->most))
                        break;
        }
}

/* ---- opening ---- */

static gboolean
find_device(Runner *runner, const PvCandidate *candidate)
{
        int r = runner->session->consumer->detect(runner->session->consumer_state);

        if (r)
                g_set_error(&runner->error, PV_ERROR, PV_ERROR_LIMIT, "%s was not found there (%d)",
                            candidate->name, r);
        return r == 0;
}

/* On failure its error says why; the device is found before, so that it is out of legacy mode. */
static void
open_runner(Runner *runner, PvLoader *loader, const char *name, uint32_t offset)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, &runner->error);
        const PvSessionOptions options = {.untraced = TRUE};
        const PvCell cell = {.smp = runner->target->smp};

        runner->most = runner->most ? runner->most : G_MAXUINT;
        if (candidate)
                runner->session =
                        pv_session_open(loader, candidate, runner->target, &cell, &options, &runner->error);
        if (!runner->session || !find_device(runner, candidate))
                return;
        runner->access.address =
                (uint32_t) pv_session_base(runner->session, candidate, candidate->machine.part[0].backend) +
                offset;
        runner->guest = runner->target->ops->consumer ? (PvGuestBus *) runner->session->bus : NULL;
        choose_times(runner);
}

/* ---- a contest ---- */

static void
record_runner(PvRecorder *recorder, const Runner *runner)
{
        const GError *error = runner->error;
        JsonObject *record = pv_record_new("access");
        const char *answer = !error                                             ? "ok"
                             : g_error_matches(error, PV_ERROR, PV_ERROR_LIMIT) ? "n/a"
                                                                                : "error";

        json_object_set_string_member(record, "target", runner->target->name);
        json_object_set_string_member(record, "operation", runner->operation);
        json_object_set_string_member(record, "what", runner->what);
        json_object_set_string_member(record, "answer", answer);
        json_object_set_string_member(record, "reason", error ? error->message : "");
        if (runner->chunk > 0)
                json_object_set_double_member(record, "chunk", runner->chunk);
        if (!error)
                pv_record_set_times(record, &runner->outcome);
        pv_recorder_add(recorder, record);
}

static void
settle(const PvContestant *contestants, guint n)
{
        for (guint i = 0; i < n; i += 2) {
                Runner *runner = contestants[i].data;
                PvTimes less = pv_times_less(&contestants[i].times, contestants[i + 1].times.median);

                runner->outcome = pv_times_share(&less, runner->times);
        }
}

/* Those that could be opened, each with its own nothing. */
static gboolean
compete(Runner *runners, guint n, GError **error)
{
        g_autofree PvContestant *contestants = g_new0(PvContestant, 2 * n);
        guint entered = 0;

        for (guint i = 0; i < n; i++) {
                if (runners[i].error)
                        continue;
                contestants[entered++] = (PvContestant){.turn = turn, .data = &runners[i]};
                contestants[entered++] = (PvContestant){.turn = turn_of_nothing, .data = &runners[i]};
        }
        if (entered && !pv_contest_run(contestants, entered, SECONDS, error))
                return FALSE;
        settle(contestants, entered);
        return TRUE;
}

static gboolean
finish(Runner *runners, guint n, PvRecorder *recorder, GError **error)
{
        gboolean ok = compete(runners, n, error);

        for (guint i = 0; i < n; i++) {
                if (ok)
                        record_runner(recorder, &runners[i]);
                runner_clear(&runners[i]);
        }
        return ok;
}

gboolean
pv_access_ladder(PvLoader *loader, GPtrArray *targets, PvRecorder *recorder, GError **error)
{
        g_autofree Runner *runners = g_new0(Runner, targets->len);

        for (guint i = 0; i < targets->len; i++) {
                runners[i] = (Runner){.target = targets->pdata[i],
                                      .operation = "read",
                                      .what = "a register of 1 byte, read",
                                      .access = {.space = PV_SPACE_PIO, .width = 1},
                                      .run = run_plain};
                open_runner(&runners[i], loader, BLOCK, STATUS_OFFSET);
        }
        return finish(runners, targets->len, recorder, error);
}

/* Of the exits that came to our VMM. */
static void
note_chunk(Runner *runner)
{
        const PvPortCounts *ports = &pv_vm_counts(pv_kvm_vm(runner->session->bus))->ports;

        for (guint i = 0; i < ports->n; i++)
                if (ports->count[i].kind == PV_PORT_STRING && ports->count[i].port == runner->access.address)
                        runner->chunk = (double) ports->count[i].units / ports->count[i].times;
}

/* A whole box of bytes: what is begun anew too often says little of the others. */
static void
measure_chunk(Runner *runner)
{
        if (runner->error)
                return;
        runner->times = runner->most;
        *pv_vm_counts(pv_kvm_vm(runner->session->bus)) = (PvVmCounts){0};
        if (!run_string(runner, runner->most))
                note_chunk(runner);
}

gboolean
pv_access_bytes(PvLoader *loader, const PvTarget *kvm, PvRecorder *recorder, GError **error)
{
        const PvGuestAccess byte = {.space = PV_SPACE_PIO, .width = 1};
        Runner runners[] = {
                {kvm, "byte", "a byte of fw_cfg data, by an IN of its own", byte, .run = run_plain},
                {kvm, "string-byte", "a byte of fw_cfg data, by REP INSB", byte, .run = run_string,
                 .most = PV_MAILBOX_DATA},
        };

        for (guint i = 0; i < G_N_ELEMENTS(runners); i++)
                open_runner(&runners[i], loader, FILES, DATA_OFFSET);
        measure_chunk(&runners[1]);
        return finish(runners, G_N_ELEMENTS(runners), recorder, error);
}

static void
make_quiet(Runner *runner, PvQuietKind kind)
{
        if (!runner->error)
                runner->quiet = pv_quiet_new(pv_kvm_vm(runner->session->bus), kind,
                                             (uint16_t) runner->access.address, &runner->error);
        if (runner->quiet)
                runner->run = run_quiet;
}

gboolean
pv_access_writes(PvLoader *loader, const PvTarget *kvm, PvRecorder *recorder, GError **error)
{
        const PvGuestAccess write = {true, PV_SPACE_PIO, .width = 4};
        Runner runners[] = {
                {kvm, "write", "a register of 4 bytes, written", write, .run = run_plain,
                 .most = PV_QUIET_MOST},
                {kvm, "write-coalesced",
                 "the same into the ring of KVM_CAP_COALESCED_PIO, and from it to the device", write,
                 .run = run_plain, .most = PV_QUIET_MOST},
                {kvm, "write-ioeventfd", "the same to an eventfd, by KVM_CAP_IOEVENTFD: the value is lost",
                 write, .run = run_plain, .most = PV_QUIET_MOST},
        };

        for (guint i = 0; i < G_N_ELEMENTS(runners); i++)
                open_runner(&runners[i], loader, BLOCK, 0);
        make_quiet(&runners[1], PV_QUIET_COALESCED);
        make_quiet(&runners[2], PV_QUIET_IOEVENTFD);
        return finish(runners, G_N_ELEMENTS(runners), recorder, error);
}

gboolean
pv_access_bare(PvLoader *loader, const PvTarget *kvm, PvTimes *ret_ours, PvTimes *ret_bare, GError **error)
{
        const PvGuestAccess read = {.space = PV_SPACE_PIO, .width = 1};
        Runner runners[] = {{kvm, .access = read, .run = run_plain}, {kvm, .access = read, .run = run_plain}};
        gboolean ok = TRUE;

        for (guint i = 0; i < G_N_ELEMENTS(runners); i++)
                open_runner(&runners[i], loader, BLOCK, STATUS_OFFSET);
        runners[1].run = run_bare;
        for (guint i = 0; ok && i < G_N_ELEMENTS(runners); i++) {
                ok = !runners[i].error;
                if (!ok)
                        g_propagate_error(error, g_steal_pointer(&runners[i].error));
        }
        ok = ok && compete(runners, G_N_ELEMENTS(runners), error);
        for (guint i = 0; i < G_N_ELEMENTS(runners); i++)
                runner_clear(&runners[i]);
        if (!ok)
                return FALSE;
        *ret_ours = runners[0].outcome;
        *ret_bare = runners[1].outcome;
        return TRUE;
}
