/* SPDX-License-Identifier: MIT */
/* The same accesses with and without probes, in turns. */
#include "bench/exits-cost.h"

#include "bench/contest.h"
#include "bench/exits.h"
#include "bench/speed.h"
#include "common/guest-bus.h"
#include "common/session.h"

#define BLOCK "regblock:qemu-6.0"
#define STATUS_OFFSET 4u /* reading it changes nothing */
#define TIMES 64u        /* accesses of one turn: short, or a busy machine takes the processor away from it */
#define SECONDS 3.0

typedef struct Turn {
        PvGuestBus *guest;
        PvGuestAccess access;
        PvExits *exits;
} Turn;

static double
turn_plain(void *data)
{
        Turn *turn = data;
        double start = pv_now_ns();
        uint32_t value = 0;

        if (pv_guest_repeat(turn->guest, &turn->access, TIMES, &value))
                return -1;
        return (pv_now_ns() - start) / TIMES;
}

static double
turn_traced(void *data)
{
        Turn *turn = data;
        double ns;

        if (!pv_exits_resume(turn->exits, NULL))
                return -1;
        ns = turn_plain(turn);
        pv_exits_pause(turn->exits);
        return ns;
}

static void
record(PvRecorder *recorder, const char *target, const PvTimes *plain, const PvTimes *traced)
{
        static const char what[] = "a 1-byte read of the register block's status by our VMM, in turns";
        const double floor = MAX(plain->floor, traced->floor);
        const PvSpeed speeds[] = {
                {"one access while BPF counts exits / while it does not", "ratio", what, target,
                 .value = traced->median / plain->median, .floor = floor},
                {"one access while BPF counts exits", "us", what, target, .value = traced->median / 1000,
                 .floor = floor},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(speeds); i++)
                pv_speed_record(recorder, &speeds[i]);
}

static void
note(PvRecorder *recorder, const char *why)
{
        g_autofree char *text = g_strdup_printf("What it costs to count exits was not measured: %s", why);
        JsonObject *record = pv_record_new("note");

        json_object_set_string_member(record, "text", text);
        pv_recorder_add(recorder, record);
}

gboolean
pv_exits_cost(PvLoader *loader, const PvTarget *kvm, PvRecorder *recorder, GError **error)
{
        const PvSessionOptions options = {.untraced = TRUE};
        const PvCell cell = {0};
        g_autoptr(GError) missing = NULL;
        g_autoptr(PvExits) exits = pv_exits_open(0, NULL, &missing);
        g_autoptr(PvCandidate) candidate = exits ? pv_candidate_parse(loader, BLOCK, error) : NULL;
        g_autoptr(PvSession) session =
                candidate ? pv_session_open(loader, candidate, kvm, &cell, &options, error) : NULL;
        Turn turn = {.access = {.space = PV_SPACE_PIO, .width = 1}, .exits = exits};
        PvContestant contestant[] = {{.turn = turn_plain, .data = &turn},
                                     {.turn = turn_traced, .data = &turn}};

        if (!exits)
                note(recorder, missing->message);
        if (!session)
                return !exits;
        pv_exits_pause(exits);
        turn.guest = (PvGuestBus *) session->bus;
        turn.access.address = STATUS_OFFSET + (uint32_t) pv_session_base(session, candidate,
                                                                         candidate->machine.part[0].backend);
        if (!pv_contest_run(contestant, G_N_ELEMENTS(contestant), SECONDS, error))
                return FALSE;
        record(recorder, kvm->name, &contestant[0].times, &contestant[1].times);
        return TRUE;
}
