/* SPDX-License-Identifier: MIT */
/* A consumer made of consumers. Freestanding, as they are. */
#include "common/composite.h"

static int
composite_init(void *state, PvBus *bus, const char *assumed)
{
        PvComposite *c = state;

        (void) assumed; /* each part has its own */
        for (unsigned i = 0; i < c->n_parts; i++) {
                int r = c->part[i].ops->init(c->part[i].state, bus, c->part[i].assumed);

                if (r)
                        return r;
        }
        return 0;
}

/* One usable part is enough: firmware falls back. Else the first part's finding stands. */
static int
composite_detect(void *state)
{
        PvComposite *c = state;
        bool any = false;
        int finding = 0;

        for (unsigned i = 0; i < c->n_parts; i++) {
                int r = c->part[i].ops->detect(c->part[i].state);

                if (r < 0)
                        return r;
                c->part[i].usable = r == 0;
                any |= r == 0;
                if (r && !finding)
                        finding = r;
        }
        return any ? 0 : finding;
}

/* Each part adds what it tells and the view lacks; one that fails does not keep the next from trying. */
static int
composite_enumerate(void *state, uint32_t wanted, PvView *view)
{
        PvComposite *c = state;
        int finding = 0;

        for (unsigned i = 0; i < c->n_parts && wanted & ~view->facets; i++) {
                PvCompositePart *part = &c->part[i];
                int r;

                if (!part->usable || !part->ops->enumerate)
                        continue;
                r = part->ops->enumerate(part->state, wanted, view);
                if (r < 0 || r == PV_E_TOO_SMALL)
                        return r;
                if (r && r != PV_E_UNSUPPORTED && !finding)
                        finding = r;
        }
        return finding;
}

/* The first usable part whose slot takes the call. */
#define FIRST_THAT_CAN(c, slot, ...)                                                                                   \
        for (unsigned i = 0; i < (c)->n_parts; i++) {                                                                  \
                PvCompositePart *part = &(c)->part[i];                                                                 \
                int r = part->usable && part->ops->slot ? part->ops->slot(part->state, __VA_ARGS__)                    \
                                                        : PV_E_UNSUPPORTED;                                            \
                if (r != PV_E_UNSUPPORTED)                                                                             \
                        return r;                                                                                      \
        }                                                                                                              \
        return PV_E_UNSUPPORTED

static int
composite_poll(void *state, PvView *view)
{
        FIRST_THAT_CAN((PvComposite *) state, poll, view);
}

static int
composite_ack(void *state, PvView *view)
{
        FIRST_THAT_CAN((PvComposite *) state, ack, view);
}

static int
composite_eject(void *state, uint32_t selector)
{
        FIRST_THAT_CAN((PvComposite *) state, eject, selector);
}

static int
composite_ost(void *state, uint32_t selector, uint32_t event, uint32_t status)
{
        FIRST_THAT_CAN((PvComposite *) state, ost, selector, event, status);
}

const PvConsumerOps pv_composite = {
        .name = "composite",
        .role = PV_ROLE_FIRMWARE,
        .summary = "takes facets from the first ABI that tells them and events from the first that has them",
        .state_size = sizeof(PvComposite),
        .init = composite_init,
        .detect = composite_detect,
        .enumerate = composite_enumerate,
        .poll = composite_poll,
        .ack = composite_ack,
        .eject = composite_eject,
        .ost = composite_ost,
};
