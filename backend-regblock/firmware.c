/* SPDX-License-Identifier: MIT */
/*
 * Firmware's use of the block: edk2's detection, walk and collection, made safe. It probes for command 3
 * unless told what to assume, bounds every loop, and takes no answer that contradicts another. Freestanding.
 */
#include "backend-regblock/firmware.h"

static bool
checks(const RegblockFirmware *f, uint32_t check)
{
        return !(f->unchecked & check);
}

int
regblock_firmware_init(void *state, PvBus *bus, const char *assumed)
{
        RegblockFirmware *f = state;
        const PvRevision *revision = assumed ? regblock_revision(assumed) : NULL;

        if (assumed && !revision)
                return PV_E_UNSUPPORTED;
        f->port.bus = bus;
        if (revision)
                f->get_cpu_id = revision->features & REGBLOCK_GET_CPU_ID ? REGBLOCK_YES : REGBLOCK_NO;
        return 0;
}

/*
 * The first write may be eaten by the switch from legacy mode, hence two. It and the read are one byte wide,
 * for QEMU 5.1 to 7.2.0 under TCG: there legacy mode refuses wider accesses, and the dwords of the documented
 * sequence pass it off for modern.
 */
int
regblock_firmware_detect(void *state)
{
        static const RegblockWrite writes[] = {
                {REGBLOCK_SELECTOR_W, 1, 0},
                {REGBLOCK_SELECTOR_W, 4, 0},
                {REGBLOCK_COMMAND_W, 1, REGBLOCK_CMD_NEXT_EVENT},
        };
        static const RegblockSequence sequence = {writes, sizeof writes / sizeof writes[0], 1};

        return regblock_detect(state, &sequence);
}

/* ---- the walk: how many, and which are present ---- */

typedef struct Walk {
        uint32_t possible, present;
} Walk;

static int
note_status(const RegblockFirmware *f, uint32_t selector, PvView *view, Walk *walk)
{
        uint8_t status;
        int r = regblock_status(&f->port, &status);

        if (r)
                return selector == 0 && r == PV_E_BAD_STATUS ? PV_E_ABSENT : r;
        if (selector == 0 && !(status & REGBLOCK_ENABLED))
                return PV_E_ABSENT; /* the CPU we run on is not there: nothing answers, and zero is what
                                       nothing reads as */
        walk->present += status & REGBLOCK_ENABLED;
        if (selector < view->capacity)
                pv_bit_set(view->present, selector, status & REGBLOCK_ENABLED);
        return 0;
}

static int
latch_counting(RegblockFirmware *f)
{
        int r = regblock_select(&f->port, 0);

        if (!r)
                r = regblock_command(&f->port, REGBLOCK_CMD_NEXT_EVENT);
        f->counting = r == 0;
        return r;
}

/*
 * Selects 0, 1, 2, … until the data register no longer repeats the selector: 3 accesses a CPU with its
 * status, 2 without. Out of range everything reads 0, so 0 ends the walk; anything else is a lie.
 */
static int
walk_selectors(RegblockFirmware *f, bool with_status, PvView *view, Walk *ret_walk)
{
        Walk walk = {0};
        uint32_t limit = f->port.bus->limits.max_cpus, data;
        int r = f->counting ? 0 : latch_counting(f);

        if (!r)
                r = regblock_select(&f->port,
                                    0); /* after the command: its scan may have moved the selector */

        while (!r) {
                if (with_status || walk.possible == 0)
                        r = note_status(f, walk.possible, view, &walk);
                if (r)
                        return r;
                if (++walk.possible > limit && checks(f, REGBLOCK_CHECK_CAP))
                        return PV_E_BAD_COUNT;
                r = regblock_select(&f->port, walk.possible);
                if (!r)
                        r = regblock_data(&f->port, &data);
                if (!r && data == 0)
                        break;
                if (!r && data != walk.possible && checks(f, REGBLOCK_CHECK_READBACK))
                        return PV_E_BAD_READBACK;
        }
        if (!r)
                *ret_walk = walk;
        return r;
}

/* ---- the map: APIC ID of each ---- */

/*
 * Command 3 or, where it is not known to exist, command 1 before it: a device without command 3 drops it, and
 * then the data register reads 0 instead of the plausible selector that command 0 would leave.
 */
static int
latch_get_cpu_id(RegblockFirmware *f)
{
        int r = f->get_cpu_id == REGBLOCK_YES ? 0 : regblock_command(&f->port, REGBLOCK_CMD_OST_EVENT);

        f->counting = false;
        return r ? r : regblock_command(&f->port, REGBLOCK_CMD_GET_CPU_ID);
}

static int
read_id(const RegblockFirmware *f, uint32_t *ret_id)
{
        uint32_t low = 0, high = 0;
        int r = regblock_data(&f->port, &low);

        if (!r)
                r = regblock_data2(&f->port, &high);
        if (r)
                return r;
        if ((high != 0 || low == 0xffffffffu) && checks(f, REGBLOCK_CHECK_ID))
                return PV_E_BAD_ID; /* no APIC ID has more than 32 bits, and ones are the broadcast */
        *ret_id = low;
        return 0;
}

static int
check_ids(const RegblockFirmware *f, PvView *view, uint32_t n)
{
        return checks(f, REGBLOCK_CHECK_ID) ? pv_view_check_ids(view, n) : 0;
}

/*
 * Does this selector exist, though its ID reads 0? Out of range the command is ignored and the data register
 * goes on reading 0; in range command 0 makes it read the selector.
 */
static int
exists(const RegblockFirmware *f, uint32_t selector, bool *ret_exists)
{
        uint32_t data;
        int r = regblock_select(&f->port, selector);

        if (!r)
                r = regblock_command(&f->port, REGBLOCK_CMD_NEXT_EVENT);
        if (!r)
                r = regblock_select(&f->port, selector); /* the scan may have moved it */
        if (!r)
                r = regblock_data(&f->port, &data);
        if (r)
                return r;
        *ret_exists = data == selector;
        return data == selector || data == 0 || !checks(f, REGBLOCK_CHECK_READBACK) ? 0 : PV_E_BAD_READBACK;
}

/*
 * APIC IDs until the end, or until the view is full. Only the boot CPU's may be 0: another 0 is the end, or a
 * command that was dropped. *ret_n: how many were read; *ret_end: there are no more.
 */
static int
read_ids(const RegblockFirmware *f, PvView *view, uint32_t *ret_n, bool *ret_end)
{
        bool more = true;
        uint32_t i;

        for (i = 0; i < view->capacity; i++) {
                int r = regblock_select(&f->port, i);

                if (!r)
                        r = read_id(f, &view->apic_id[i]);
                if (!r && i > 0 && view->apic_id[i] == 0) {
                        r = exists(f, i, &more);
                        if (!r)
                                break;
                }
                if (r)
                        return r;
        }
        *ret_n = i;
        *ret_end = !more;
        return 0;
}

/*
 * Every APIC ID. With one CPU its 0 may be its ID or a dropped command, so nothing is learnt unless the
 * command is taken for granted. possible: how many CPUs there are.
 */
static int
map_ids(RegblockFirmware *f, uint32_t possible, PvView *view, bool *ret_known)
{
        PvView exact = *view;
        uint32_t n;
        bool end;
        int r = regblock_select(&f->port, 0);

        exact.capacity = possible;
        if (!r)
                r = latch_get_cpu_id(f);
        if (!r)
                r = read_ids(f, &exact, &n, &end);
        if (r)
                return r;
        if (f->get_cpu_id == REGBLOCK_UNKNOWN && possible > 1)
                f->get_cpu_id = n == possible ? REGBLOCK_YES : REGBLOCK_NO;
        *ret_known = f->get_cpu_id == REGBLOCK_YES;
        if (!*ret_known)
                return 0;
        if (n != possible)
                return PV_E_CONTRADICTION;
        return check_ids(f, view, n);
}

/*
 * IDs and their number in one pass, three accesses a CPU. False in *ret_done, with nothing learnt, when it
 * takes the walk to go on: the view is full, or the command is not there.
 */
static int
map_and_count(RegblockFirmware *f, PvView *view, Walk *ret_walk, bool *ret_done)
{
        Walk walk = {0};
        uint32_t n = 0;
        bool end = false;
        int r = regblock_select(&f->port, 0);

        if (!r)
                r = note_status(f, 0, view, &walk);
        if (!r)
                r = latch_get_cpu_id(f);
        if (!r)
                r = read_ids(f, view, &n, &end);
        if (!r && n == view->capacity) {
                r = exists(f, n, &end);
                end = !end;
        }
        if (r)
                return r;
        *ret_done = end && (n > 1 || f->get_cpu_id == REGBLOCK_YES);
        if (!*ret_done)
                return 0;
        f->get_cpu_id = REGBLOCK_YES;
        ret_walk->possible = n;
        return check_ids(f, view, n);
}

/* ---- what was asked ---- */

static int
settle_count(RegblockFirmware *f, PvView *view, uint32_t possible)
{
        f->possible = possible;
        if (view->facets & PV_FACET_POSSIBLE_COUNT)
                return view->possible == possible
                               ? 0
                               : PV_E_CONTRADICTION; /* another ABI of this machine told otherwise */
        view->possible = possible;
        view->facets |= PV_FACET_POSSIBLE_COUNT;
        return 0;
}

static int
walk_and_map(RegblockFirmware *f, uint32_t missing, PvView *view)
{
        const uint32_t counts = PV_FACET_PRESENT_COUNT | PV_FACET_PRESENT_SET;
        const uint32_t arrays = PV_FACET_PRESENT_SET | PV_FACET_APIC_ID;
        bool ids = false;
        Walk walk;
        int r = walk_selectors(f, missing & counts, view, &walk);

        if (r)
                return r;
        if (missing & arrays && walk.possible > view->capacity) {
                view->needed = walk.possible;
                return PV_E_TOO_SMALL;
        }
        if (missing & PV_FACET_APIC_ID && f->get_cpu_id != REGBLOCK_NO)
                r = map_ids(f, walk.possible, view, &ids);
        if (!r)
                r = settle_count(f, view, walk.possible);
        if (r)
                return r;
        if (missing & PV_FACET_PRESENT_COUNT)
                view->present_count = walk.present;
        view->facets |= (missing & counts) | (ids ? PV_FACET_APIC_ID : 0);
        return 0;
}

int
regblock_firmware_enumerate(void *state, uint32_t wanted, PvView *view)
{
        uint32_t missing = wanted & ~view->facets & PV_FACETS_BOOT;
        RegblockFirmware *f = state;
        bool done = false;
        Walk walk;
        int r;

        if (!missing)
                return 0;
        if (missing == PV_FACET_APIC_ID && f->get_cpu_id != REGBLOCK_NO) {
                r = map_and_count(f, view, &walk, &done);
                if (!r && done)
                        r = settle_count(f, view, walk.possible);
                if (!r && done)
                        view->facets |= PV_FACET_APIC_ID;
                if (r || done)
                        return r;
        }
        return walk_and_map(f, missing, view);
}

/* ---- events ---- */

/* CPUs that there can be, as far as anything has told. */
static uint32_t
bound(const RegblockFirmware *f, const PvView *view)
{
        if (view->facets & PV_FACET_POSSIBLE_COUNT)
                return view->possible;
        return f->possible ? f->possible : f->port.bus->limits.max_cpus;
}

/*
 * The CPU that is said to have the event can be, is not the one we run on when it is to go, and has the
 * status that was said when we select it.
 */
static int
confirm(const RegblockFirmware *f, const PvView *view, const PvEvent *event, uint8_t said)
{
        uint8_t status;
        int r;

        if (event->selector >= bound(f, view))
                return PV_E_BAD_SELECTOR;
        if (event->selector == 0 && event->kind != PV_EVENT_INSERT)
                return PV_E_BOOT_CPU;
        r = regblock_select(&f->port, event->selector);
        if (!r)
                r = regblock_status(&f->port, &status);
        if (!r && status != said)
                r = PV_E_CONTRADICTION;
        return r;
}

/* Selects the next CPU with an event, and what it is. The status decides: command 0 alone cannot say "none".
 */
static int
next_event(const RegblockFirmware *f, const PvView *view, PvEvent *ret_event)
{
        PvEvent event = {0};
        uint8_t status;
        int r = regblock_select(&f->port, 0);

        if (!r)
                r = regblock_command(&f->port, REGBLOCK_CMD_NEXT_EVENT);
        if (!r)
                r = regblock_data(&f->port, &event.selector);
        if (!r)
                r = regblock_status(&f->port, &status);
        if (!r)
                r = regblock_event_of(status, &event.kind);
        if (!r && checks(f, REGBLOCK_CHECK_SELECTOR))
                r = confirm(f, view, &event, status);
        if (!r)
                *ret_event = event;
        return r;
}

/*
 * The APIC ID of the CPU that came. ID 0 belongs to the boot CPU: for another it means that the command was
 * dropped. An ID that is told must be the one that was told at boot, for IDs do not change while a machine
 * runs.
 */
static int
learn_id(RegblockFirmware *f, const PvView *view, PvEvent *event, uint32_t *ret_told)
{
        int r = latch_get_cpu_id(f);

        if (!r)
                r = read_id(f, &event->apic_id);
        if (r || (f->get_cpu_id != REGBLOCK_YES && event->apic_id == 0))
                return r;
        if (view->facets & PV_FACET_APIC_ID && event->selector < view->capacity &&
            event->apic_id != view->apic_id[event->selector] && checks(f, REGBLOCK_CHECK_ID))
                return PV_E_CONTRADICTION;
        *ret_told |= PV_FACET_ARRIVED_ID;
        return 0;
}

int
regblock_firmware_poll(void *state, PvView *view)
{
        RegblockFirmware *f = state;
        PvEvent event;
        uint32_t told = PV_FACET_ARRIVED;
        int r = next_event(f, view, &event);

        if (!r && f->get_cpu_id != REGBLOCK_NO)
                r = learn_id(f, view, &event, &told);
        if (r)
                return r;
        view->event = event;
        view->facets = (view->facets & ~(uint32_t) PV_FACETS_EVENT) | told;
        return 0;
}

/* A firmware-remove request has no acknowledgement: only an eject ends it. */
int
regblock_firmware_ack(void *state, PvView *view)
{
        const RegblockFirmware *f = state;
        bool insert = view->event.kind == PV_EVENT_INSERT;
        uint8_t status;
        int r;

        if (!insert && view->event.kind != PV_EVENT_REMOVE)
                return PV_E_UNSUPPORTED;
        r = regblock_select(&f->port, view->event.selector);
        if (!r)
                r = regblock_control(&f->port, insert ? REGBLOCK_CLEAR_INSERT : REGBLOCK_CLEAR_REMOVE);
        if (!r)
                r = regblock_status(&f->port, &status);
        if (r)
                return r;
        if (status & (insert ? REGBLOCK_INSERT : REGBLOCK_REMOVE))
                return PV_E_REFUSED;
        view->facets |= PV_FACET_ACKED;
        return 0;
}

/* Never the boot CPU, whatever the host says. */
int
regblock_firmware_eject(void *state, uint32_t selector)
{
        const RegblockFirmware *f = state;
        uint8_t status;
        int r;

        if (selector == 0)
                return PV_E_REFUSED;
        r = regblock_select(&f->port, selector);
        if (!r)
                r = regblock_control(&f->port, REGBLOCK_EJECT);
        if (!r)
                r = regblock_status(&f->port, &status);
        if (r)
                return r;
        return status & REGBLOCK_ENABLED ? PV_E_REFUSED : 0;
}

const PvConsumerOps regblock_firmware = {
        .name = "firmware",
        .role = PV_ROLE_FIRMWARE,
        .summary = "edk2's detection, walk and event collection, made safe; probes for GET_CPU_ID",
        .facets = PV_FACETS_BOOT | PV_FACETS_EVENT,
        .needs = PV_BUS_PIO,
        .state_size = sizeof(RegblockFirmware),
        .init = regblock_firmware_init,
        .detect = regblock_firmware_detect,
        .enumerate = regblock_firmware_enumerate,
        .poll = regblock_firmware_poll,
        .ack = regblock_firmware_ack,
        .eject = regblock_firmware_eject,
};
