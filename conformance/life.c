/* SPDX-License-Identifier: MIT */
/* The calls of a life, and the events between them. */
#include "conformance/life.h"

#include "conformance/checks-sev.h"

#define LEAVING 10u /* present from power-on; see pv_life_cell() */

static int
call_detect(PvLife *life)
{
        return life->session->consumer->detect(life->session->consumer_state);
}

static int
call_enumerate(PvLife *life)
{
        const PvConsumerOps *ops = life->session->consumer;

        return ops->enumerate ? ops->enumerate(life->session->consumer_state, PV_FACETS_BOOT, &life->o.view)
                              : PV_E_UNSUPPORTED;
}

static int
call_poll(PvLife *life)
{
        const PvConsumerOps *ops = life->session->consumer;

        return ops->poll ? ops->poll(life->session->consumer_state, &life->o.view) : PV_E_UNSUPPORTED;
}

static int
call_ack(PvLife *life)
{
        const PvConsumerOps *ops = life->session->consumer;
        int r = ops->ack ? ops->ack(life->session->consumer_state, &life->o.view) : PV_E_UNSUPPORTED;

        life->arrival_waits = r != 0;
        return r;
}

static int
call_eject(PvLife *life)
{
        const PvConsumerOps *ops = life->session->consumer;

        return ops->eject ? ops->eject(life->session->consumer_state, LEAVING) : PV_E_UNSUPPORTED;
}

/* What was learnt of the event before is of no use for the next. */
static void
forget(PvLife *life, PvEventKind kind, uint32_t selector)
{
        life->o.view.facets &= ~(uint32_t) PV_FACETS_EVENT;
        life->kind = kind;
        life->selector = selector;
}

/* A machine that has no such events refuses them. */
static int
caused(int r)
{
        return r > 0 ? PV_E_UNSUPPORTED : r;
}

static int
cause_plug(PvLife *life)
{
        forget(life, PV_EVENT_INSERT, PV_LIFE_NEWCOMER);
        return caused(life->session->host->ops->plug(life->session->host, PV_LIFE_NEWCOMER));
}

static int
cause_unplug(PvLife *life)
{
        forget(life, PV_EVENT_REMOVE, LEAVING);
        return caused(life->session->host->ops->unplug_request(life->session->host, LEAVING));
}

/* As a later phase of the same firmware does, which takes nothing from the one before. */
static int
call_detect_again(PvLife *life)
{
        life->o.view = life->session->buffers;
        return call_detect(life);
}

/* An OS has its CPUs from elsewhere. */
static const PvLifeCall boot[] = {{"detect", call_detect, FALSE}, {"enumerate", call_enumerate, TRUE}};
static const PvLifeCall again[] = {{"detect again", call_detect_again, FALSE},
                                   {"enumerate again", call_enumerate, TRUE}};
static const PvLifeCall arrival[] = {
        {"plug", cause_plug, FALSE}, {"poll", call_poll, FALSE}, {"ack", call_ack, FALSE}};
static const PvLifeCall departure[] = {
        {"unplug", cause_unplug, FALSE}, {"poll", call_poll, FALSE}, {"eject", call_eject, FALSE}};

const PvLifeStage pv_life[PV_LIFE_STAGES] = {
        {.calls = boot, .n = G_N_ELEMENTS(boot), .booting = TRUE},
        {.calls = again, .n = G_N_ELEMENTS(again), .booting = TRUE, .again = TRUE},
        {.calls = arrival, .n = G_N_ELEMENTS(arrival)},
        {.calls = departure, .n = G_N_ELEMENTS(departure)},
};

PvCell
pv_life_cell(PvGuestKind guest, PvPhase phase)
{
        return (PvCell){.plugged = "10", .guest = guest, .phase = phase};
}

void
pv_life_begin(PvLife *ret_life, PvSession *session)
{
        session->bus->limits.max_cpus = PV_SEV_PLATFORM_CPUS;
        *ret_life = (PvLife){.session = session, .o.view = session->buffers};
}
