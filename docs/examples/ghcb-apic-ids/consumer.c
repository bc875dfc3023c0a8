/* SPDX-License-Identifier: MIT */
/* Firmware that asks for the list: carefully, and as is the habit. Freestanding. */
#include "ghcb-apic-ids.h"

#define NOTHING 0xffffffffu /* no count and no APIC ID: what the pages hold until the host stores something */

typedef struct Firmware {
        PvBus *bus;
        bool habit; /* takes the host's word for the number of pages, and keeps them shared */
} Firmware;

static int
careful_init(void *state, PvBus *bus, const char *assumed)
{
        (void) assumed; /* there is one revision only */
        *(Firmware *) state = (Firmware){.bus = bus};
        return 0;
}

static int
kept_shared_init(void *state, PvBus *bus, const char *assumed)
{
        (void) assumed;
        *(Firmware *) state = (Firmware){.bus = bus, .habit = true};
        return 0;
}

/* Ports that nobody decodes answer ones, zero, or what was just written: here, nothing like the signature. */
static int
detect(void *state)
{
        PvBus *bus = ((Firmware *) state)->bus;
        uint32_t signature = 0;
        int r = pv_bus_out(bus, GAI_BASE + GAI_ADDRESS_LOW_W, 4, 0);

        r = r ? r : pv_bus_in(bus, GAI_BASE + GAI_SIGNATURE_R, 4, &signature);
        if (r)
                return r;
        return signature == GAI_SIGNATURE ? 0 : PV_E_ABSENT;
}

/* ---- one exchange ---- */

/* The real one is a single VMGEXIT. */
static int
exchange(PvBus *bus, PvGpa list, uint32_t pages, uint32_t *ret_result, uint32_t *ret_pages)
{
        int r = pv_bus_out(bus, GAI_BASE + GAI_ADDRESS_LOW_W, 4, (uint32_t) list.value);

        r = r ? r : pv_bus_out(bus, GAI_BASE + GAI_ADDRESS_HIGH_W, 4, (uint32_t) (list.value >> 32));
        r = r ? r : pv_bus_out(bus, GAI_BASE + GAI_PAGES_RW, 4, pages);
        r = r ? r : pv_bus_out(bus, GAI_BASE + GAI_EXIT_W, 4, GAI_EXIT_GET_APIC_IDS);
        r = r ? r : pv_bus_in(bus, GAI_BASE + GAI_RESULT_R, 4, ret_result);
        return r ? r : pv_bus_in(bus, GAI_BASE + GAI_PAGES_RW, 4, ret_pages);
}

static int
finding_of(uint32_t result)
{
        return result == GAI_INVALID ? PV_E_REFUSED : PV_E_BAD_STATUS;
}

/* With no pages to store anything in, an honest host says how many it needs; it alone chooses the number. */
static int
ask_pages(const Firmware *f, uint32_t *ret_pages)
{
        uint32_t result = 0, pages = 0;
        int r = exchange(f->bus, (PvGpa){0}, 0, &result, &pages);

        if (r)
                return r;
        if (result != GAI_TOO_FEW_PAGES)
                return finding_of(result);
        if (!f->habit && (pages == 0 || pages > gai_pages_for(f->bus->limits.max_cpus)))
                return PV_E_BAD_COUNT;
        *ret_pages = pages;
        return 0;
}

/* ---- the list ---- */

static int
fill(PvBus *bus, PvGpa list, uint32_t pages)
{
        uint8_t ones[PV_PAGE_SIZE / 16];
        int r = 0;

        __builtin_memset(ones, 0xff, sizeof ones);
        for (uint64_t at = 0; at < (uint64_t) pages * PV_PAGE_SIZE && !r; at += sizeof ones)
                r = bus->ops->gpa_write(bus, (PvGpa){list.value + at}, ones, sizeof ones);
        return r;
}

/* The count is read once; from then on it is ours. */
static int
take_count(PvBus *bus, PvGpa list, uint32_t pages, uint32_t *ret_count)
{
        uint8_t bytes[GAI_LE_IDS];
        int r = bus->ops->gpa_read(bus, list, bytes, sizeof bytes);
        uint32_t count = gai_load_le32(bytes);

        if (r)
                return r;
        if (count == NOTHING)
                return PV_E_SHORT;
        if (count == 0 || count > bus->limits.max_cpus)
                return PV_E_BAD_COUNT;
        if (gai_pages_for(count) != pages)
                return PV_E_CONTRADICTION;
        *ret_count = count;
        return 0;
}

/* The IDs too are read once, into memory of our own, and checked there. */
static int
take_ids(PvBus *bus, PvGpa list, uint32_t count, PvView *view)
{
        const PvGpa ids = {list.value + GAI_LE_IDS};
        int r;

        if (count > view->capacity) {
                view->needed = count;
                return PV_E_TOO_SMALL;
        }
        r = bus->ops->gpa_read(bus, ids, view->apic_id, (size_t) count * GAI_ID_SIZE);
        if (r)
                return r;
        for (uint32_t i = 0; i < count; i++)
                view->apic_id[i] = gai_load_le32((const uint8_t *) &view->apic_id[i]);
        return view->apic_id[count - 1] == NOTHING ? PV_E_SHORT : pv_view_check_ids(view, count);
}

static int
ask_list(const Firmware *f, PvGpa list, uint32_t pages, uint32_t wanted, PvView *view)
{
        uint32_t result = 0, needed = 0, count = 0;
        int r = fill(f->bus, list, pages);

        r = r ? r : exchange(f->bus, list, pages, &result, &needed);
        if (!r && result == GAI_TOO_FEW_PAGES)
                return PV_E_CONTRADICTION; /* it has what it asked for: no second round */
        if (!r && result != GAI_DONE)
                return finding_of(result);
        r = r ? r : take_count(f->bus, list, pages, &count);
        if (!r && wanted & PV_FACET_APIC_ID)
                r = take_ids(f->bus, list, count, view);
        if (r)
                return r;
        view->possible = count;
        view->facets |= wanted;
        return 0;
}

/* The pages are private again whatever came of it. */
static int
enumerate(void *state, uint32_t wanted, PvView *view)
{
        const Firmware *f = state;
        PvBus *bus = f->bus;
        uint32_t pages = 0;
        PvGpa list = {0};
        int r, freed;

        wanted &= ~view->facets & (PV_FACET_POSSIBLE_COUNT | PV_FACET_APIC_ID);
        if (!wanted)
                return 0;
        r = ask_pages(f, &pages);
        r = r ? r : bus->ops->gpa_alloc(bus, (size_t) pages * PV_PAGE_SIZE, PV_SHARED, &list);
        if (r)
                return r;
        r = ask_list(f, list, pages, wanted, view);
        freed = f->habit ? 0 : bus->ops->gpa_free(bus, list);
        return r ? r : freed;
}

const PvConsumerOps gai_careful = {
        .name = "careful",
        .role = PV_ROLE_FIRMWARE,
        .summary = "caps the page count, takes one private snapshot, makes the pages private again",
        .facets = PV_FACET_POSSIBLE_COUNT | PV_FACET_APIC_ID,
        .needs = PV_BUS_PIO | PV_BUS_GPA,
        .state_size = sizeof(Firmware),
        .init = careful_init,
        .detect = detect,
        .enumerate = enumerate,
};

const PvConsumerOps gai_kept_shared = {
        .name = "kept-shared",
        .role = PV_ROLE_FIRMWARE,
        .summary = "believes the page count, and never makes the pages private again; ours, for contrast: a habit, not a project's code",
        .facets = PV_FACET_POSSIBLE_COUNT | PV_FACET_APIC_ID,
        .needs = PV_BUS_PIO | PV_BUS_GPA,
        .state_size = sizeof(Firmware),
        .init = kept_shared_init,
        .detect = detect,
        .enumerate = enumerate,
};
