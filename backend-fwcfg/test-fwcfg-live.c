/* SPDX-License-Identifier: MIT */
/* Revision `live`: what no rule can ask of the device, and a consumer whose file changes while it is read. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "backend-fwcfg/fwcfg-consumer.h"
#include "backend-fwcfg/fwcfg-device.h"

#define MAX_CPUS 12u

typedef struct Fixture {
        PvTopology topology;
        uint32_t ids[MAX_CPUS];
        uint8_t boot[2];
        PvDeviceEnv env;
        FwcfgDevice *device;
        FwcfgConsumer consumer;
        PvView view;
        unsigned notices, reads;
        unsigned moves; /* so many readings of the events file end with another event than they began with */
} Fixture;

static Fixture *current; /* a transport knows its consumer only */

static void
note(void *host, PvNotice notice)
{
        ((Fixture *) host)->notices += notice == PV_NOTICE_SCI;
}

static void
let_go(void *host, uint32_t selector)
{
        fwcfg_device.unplugged(((Fixture *) host)->device, selector);
}

/* ---- a transport without a bus: the item itself ---- */

static int
item_read(FwcfgConsumer *c, uint16_t key, uint32_t offset, uint8_t *ret_data, uint32_t n)
{
        Fixture *f = current;
        const FwcfgItem *item = &f->device->generic[key];

        assert(offset + n <= item->length);
        memcpy(ret_data, item->data + offset, n);
        f->reads++;
        if (key == c->events.key && f->moves) {
                f->moves--;
                fwcfg_store_le(ret_data + FWCFG_EVENTS_LE_SEQUENCE_AGAIN, 99, 4);
        }
        return 0;
}

static int
item_write(FwcfgConsumer *c, uint16_t key, const uint8_t *data, uint32_t n)
{
        FwcfgItem *item = &current->device->generic[key];

        (void) c;
        assert(item->writable && n == item->length);
        memcpy(item->data, data, n);
        item->written(current->device, 0, n);
        return 0;
}

static const FwcfgTransport by_item = {.read = item_read, .write = item_write, .chunk = UINT32_MAX};
static const FwcfgTransport read_only = {.read = item_read, .chunk = UINT32_MAX};

static uint16_t
key_of(const FwcfgDevice *d, const FwcfgItem *item)
{
        return (uint16_t) (item - d->generic);
}

static Fixture *
fixture_new(const FwcfgTransport *transport)
{
        Fixture *f = calloc(1, sizeof *f);
        FwcfgDevice *d;

        assert(f);
        f->topology = (PvTopology){2, MAX_CPUS, 2, 1, 3, 2};
        f->boot[0] = 3;
        for (uint32_t i = 0; i < MAX_CPUS; i++)
                f->ids[i] = pv_topology_apic_id(&f->topology, i);
        f->env = (PvDeviceEnv){.struct_size = sizeof f->env,
                               .topology = &f->topology,
                               .apic_id = f->ids,
                               .boot_present = f->boot,
                               .host = f,
                               .notify = note,
                               .ejected = let_go};
        d = f->device = fwcfg_device.create(&f->env, "live");
        assert(d && d->map && d->live.events && d->live.answer);
        f->consumer = (FwcfgConsumer){.transport = transport,
                                      .format = FWCFG_FEATURE_LIVE,
                                      .key = key_of(d, d->map),
                                      .size = d->map->length,
                                      .events = {key_of(d, d->live.events), d->live.events->length},
                                      .answer = {key_of(d, d->live.answer), d->live.answer->length}};
        return current = f;
}

static void
fixture_free(Fixture *f)
{
        fwcfg_device.free(f->device);
        free(f);
}

/* ---- the device ---- */

/* A request that is repeated is one event; the machine is told each time. */
static void
test_notices(void)
{
        Fixture *f = fixture_new(&by_item);

        assert(fwcfg_device.plug(f->device, 7) == 0 && f->notices == 1 && f->device->live.last == 1);
        assert(fwcfg_device.unplug_request(f->device, 7) == 0 &&
               fwcfg_device.unplug_request(f->device, 7) == 0);
        assert(f->notices == 3 && f->device->live.last == 2);
        fixture_free(f);
}

/* Numbers pass over 0, and what came before they wrapped is still the older. */
static void
test_wrap(void)
{
        Fixture *f = fixture_new(&by_item);

        f->device->live.last = UINT32_MAX - 1;
        assert(fwcfg_device.plug(f->device, 7) == 0 && fwcfg_device.plug(f->device, 3) == 0);
        assert(f->device->live.last == 1);
        assert(fwcfg_poll(&f->consumer, &f->view) == 0 && f->view.event.selector == 7);
        assert(f->consumer.sequence == UINT32_MAX);
        assert(fwcfg_ack(&f->consumer, &f->view) == 0);
        assert(fwcfg_poll(&f->consumer, &f->view) == 0 && f->view.event.selector == 3);
        fixture_free(f);
}

/* An image is refused that is too short, or has an event of a CPU that is not there. */
static void
test_image(void)
{
        Fixture *f = fixture_new(&by_item), *g = fixture_new(&by_item);
        size_t n = fwcfg_device.save(f->device, NULL, 0);
        uint8_t *image = malloc(n);

        assert(image && fwcfg_device.plug(f->device, 7) == 0);
        assert(fwcfg_device.save(f->device, image, n) == n);
        assert(fwcfg_device.load(g->device, image, n - 1) == PV_E_MALFORMED);
        image[n - 1] = 1; /* a remove event of the last CPU */
        assert(fwcfg_device.load(g->device, image, n) == PV_E_MALFORMED && g->device->live.last == 0);
        image[n - 1] = 0;
        assert(fwcfg_device.load(g->device, image, n) == 0 && g->device->live.last == 1);
        assert(fwcfg_poll(&g->consumer, &g->view) == 0 && g->view.event.selector == 7);
        free(image);
        fixture_free(f);
        fixture_free(g);
}

static void
test_other_revisions(void)
{
        Fixture *f = fixture_new(&by_item);
        void *map = fwcfg_device.create(&f->env, "map");

        assert(map && fwcfg_device.unplug_request(map, 1) == PV_E_UNSUPPORTED);
        assert(fwcfg_device.plug(map, 7) == 0 && f->notices == 0);
        fwcfg_device.free(map);
        fixture_free(f);
}

/* ---- the consumer ---- */

static void
test_torn(void)
{
        Fixture *f = fixture_new(&by_item);

        assert(fwcfg_device.plug(f->device, 7) == 0);
        f->moves = 3;
        assert(fwcfg_poll(&f->consumer, &f->view) == 0 && f->reads == 4 && f->view.event.selector == 7);
        f->view.facets = 0;
        f->moves = 1000;
        f->reads = 0;
        assert(fwcfg_poll(&f->consumer, &f->view) == PV_E_UNSTEADY && f->reads == 4 && f->view.facets == 0);
        fixture_free(f);
}

/* What was acknowledged while another came: the answer ends its own event alone. */
static void
test_answers(void)
{
        Fixture *f = fixture_new(&by_item);

        assert(fwcfg_poll(&f->consumer, &f->view) == PV_E_IDLE);
        assert(fwcfg_ack(&f->consumer, &f->view) == PV_E_REFUSED); /* nothing was found before */
        assert(fwcfg_device.plug(f->device, 7) == 0 && fwcfg_poll(&f->consumer, &f->view) == 0);
        assert(fwcfg_device.plug(f->device, 3) == 0);
        f->view.event.selector = 3;
        assert(fwcfg_ack(&f->consumer, &f->view) == PV_E_REFUSED); /* not the one that was found */
        f->view.event.selector = 7;
        assert(fwcfg_ack(&f->consumer, &f->view) == 0 && f->view.facets & PV_FACET_ACKED);
        assert(fwcfg_ack(&f->consumer, &f->view) == PV_E_REFUSED); /* once is enough */
        assert(fwcfg_poll(&f->consumer, &f->view) == 0 && f->view.event.selector == 3);
        assert(fwcfg_eject(&f->consumer, 3) == 0 && !pv_bit_get(f->device->present, 3));
        assert(fwcfg_poll(&f->consumer, &f->view) == PV_E_IDLE);
        assert(fwcfg_eject(&f->consumer, 0) == PV_E_REFUSED && fwcfg_eject(&f->consumer, 12) == PV_E_REFUSED);
        fixture_free(f);
}

static void
test_cannot_write(void)
{
        Fixture *f = fixture_new(&read_only);

        assert(fwcfg_device.plug(f->device, 7) == 0 && fwcfg_poll(&f->consumer, &f->view) == 0);
        assert(fwcfg_ack(&f->consumer, &f->view) == PV_E_UNSUPPORTED);
        assert(fwcfg_eject(&f->consumer, 0) == PV_E_UNSUPPORTED &&
               fwcfg_ost(&f->consumer, 1, 3, 0) == PV_E_UNSUPPORTED);
        f->consumer.format = FWCFG_FEATURE_MAP;
        assert(fwcfg_poll(&f->consumer, &f->view) == PV_E_UNSUPPORTED);
        fixture_free(f);
}

/* The number of CPUs that a size stands for, and sizes that no map has. */
static void
test_map_size(void)
{
        for (uint32_t n = 1; n <= 300; n++)
                assert(fwcfg_map_cpus(fwcfg_map_size(n)) == n);
        assert(fwcfg_map_cpus(fwcfg_map_size(FWCFG_CPUS_LIMIT)) == FWCFG_CPUS_LIMIT);
        assert(fwcfg_map_cpus(0) == 0 && fwcfg_map_cpus(FWCFG_MAP_HEADER_SIZE) == 0);
        assert(fwcfg_map_cpus(fwcfg_map_size(5) + 1) == 0 && fwcfg_map_cpus(UINT32_MAX) == 0);
}

int
main(void)
{
        test_notices();
        test_wrap();
        test_image();
        test_other_revisions();
        test_torn();
        test_answers();
        test_cannot_write();
        test_map_size();
        return 0;
}
