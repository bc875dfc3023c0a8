/* SPDX-License-Identifier: MIT */
/* Rules for who reads fw_cfg: what a consumer must see through, and what it must not rely on. */
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#include <stdio.h>
#include <string.h>

#define FILE_SOURCE "qemu-devel <20191008105259.5378-4-lersek@redhat.com>, FWCfgX86Topology"
#define MAP_SOURCE "docs/fwcfg.md, 'etc/x86-cpu-map'"
#define DIRECTORY_SOURCE "QEMU docs/specs/fw_cfg.rst, 'File Directory'"
#define DMA_SOURCE "QEMU docs/specs/fw_cfg.rst, 'Guest-side DMA Interface'"

/* ---- lies: one bit of one byte, as it passes the data port or as a transfer stores it ---- */

#define PORT_LIE(revision, what, key, byte, bits)                                                            \
        {.machine = revision, .lie = what " by port",                                                        \
         .hostile = &(const PvMutation){.kind = PV_MUTATE_READ_NTH_XOR, .offset = AT(FWCFG_DATA_R),          \
                                        .width = 1, .latched = true, .latch_mask = 0xffff,                   \
                                        .latch_match = key, .then = byte, .operand = bits}}
#define DMA_LIE(revision, what, size, byte, bits)                                                            \
        {.machine = revision, .lie = what " by DMA",                                                         \
         .hostile = &(const PvMutation){.kind = PV_MUTATE_DMA_WRITE_XOR, .offset = PV_ANYWHERE,              \
                                        .width = size, .then = byte, .operand = bits}}
/* The same lie on either way. A DMA consumer reads the count of the directory, then all entries at once. */
#define LIES(revision, what, key, size, byte, bits)                                                          \
        PORT_LIE(revision, what, key, byte, bits), DMA_LIE(revision, what, size, byte, bits)
#define ENTRY_LIES(what, byte, bits)                                                                         \
        PORT_LIE(TOPOLOGY, what, FWCFG_KEY_DIRECTORY,                                                        \
                 FWCFG_DIRECTORY_HEADER + FWCFG_OUR_ENTRY + (byte), bits),                                   \
                DMA_LIE(TOPOLOGY, what, FWCFG_ENTRY_SIZE * FWCFG_N_FILES, FWCFG_OUR_ENTRY + (byte), bits)
#define FILE_LIES(what, byte, bits) LIES(TOPOLOGY, what, FWCFG_OUR_KEY, FWCFG_TOPOLOGY_SIZE, byte, bits)
#define HEADER_LIES(what, byte, bits) LIES(MAP, what, FWCFG_OUR_KEY, FWCFG_MAP_HEADER_SIZE, byte, bits)
/* Table and bitmap are transfers of their own. */
#define TABLE_LIES(what, size, at, byte, bits)                                                               \
        PORT_LIE(MAP, what, FWCFG_OUR_KEY, (at) + (byte), bits), DMA_LIE(MAP, what, size, byte, bits)

/* Alone, so that no other device of the machine knows better. */
#define TOPOLOGY "fwcfg:topology"
#define MAP "fwcfg:map"

static const PvCell count_cells[] = {
        PORT_LIE(TOPOLOGY, "count", FWCFG_KEY_DIRECTORY, 0, 0x80),
        /* The first store of a transfer is the count; the control fields that follow are as wide. */
        {.machine = TOPOLOGY, .lie = "count by DMA",
         .hostile = &(const PvMutation){.kind = PV_MUTATE_DMA_WRITE_XOR, .offset = PV_ANYWHERE, .width = 4,
                                        .operand = 0x80, .times = 1}},
};
/* From the NUL of its name on, our entry holds ones. */
#define OUR_NAME_END (FWCFG_ENTRY_NAME + sizeof FWCFG_TOPOLOGY_FILE - 1)
static const PvCell name_cells[] = {
        {.machine = TOPOLOGY, .lie = "no NUL",
         .hostile = &(const PvMutation){.kind = PV_MUTATE_READ_OR, .offset = AT(FWCFG_DATA_R), .width = 1,
                                        .operand = 1, .latched = true, .latch_mask = 0xffff,
                                        .latch_match = FWCFG_KEY_DIRECTORY,
                                        .skip = FWCFG_DIRECTORY_HEADER + FWCFG_OUR_ENTRY + OUR_NAME_END,
                                        .times = FWCFG_ENTRY_SIZE - OUR_NAME_END}},
};
static const PvCell key_cells[] = {
        ENTRY_LIES("key with a flag", FWCFG_ENTRY_BE_SELECT, 0x80),
        ENTRY_LIES("key of a fixed item", FWCFG_ENTRY_BE_SELECT + 1, FWCFG_OUR_KEY ^ FWCFG_KEY_ID),
};
static const PvCell size_cells[] = {ENTRY_LIES("size 17", FWCFG_ENTRY_BE_SIZE + 3, 0x01)};
/* PV_DEFAULT_SMP has 1 die, 3 cores, 2 threads and 12 CPUs. */
static const PvCell zero_cells[] = {
        FILE_LIES("no dies", FWCFG_TOPOLOGY_LE_DIES, 1),
        FILE_LIES("no cores", FWCFG_TOPOLOGY_LE_CORES, 3),
        FILE_LIES("no threads", FWCFG_TOPOLOGY_LE_THREADS, 2),
        FILE_LIES("no CPUs", FWCFG_TOPOLOGY_LE_MAX_CPUS, 12),
};
static const PvCell product_cells[] = {FILE_LIES("2^31 dies", FWCFG_TOPOLOGY_LE_DIES + 3, 0x80)};
static const PvCell many_cells[] = {FILE_LIES("2^31 CPUs", FWCFG_TOPOLOGY_LE_MAX_CPUS + 3, 0x80)};
static const PvCell present_cells[] = {
        LIES(TOPOLOGY, "none present", FWCFG_KEY_NB_CPUS, 2, 0, 2),
        LIES(TOPOLOGY, "258 present", FWCFG_KEY_NB_CPUS, 2, 1, 1),
};
static const PvCell header_cells[] = {
        HEADER_LIES("magic", FWCFG_MAP_LE_MAGIC, 1),
        HEADER_LIES("version 3", FWCFG_MAP_LE_VERSION, 2),
        HEADER_LIES("entry size 0", FWCFG_MAP_LE_ENTRY_SIZE, 4),
        HEADER_LIES("max_cpus 13", FWCFG_MAP_LE_MAX_CPUS, 1),
};
#define IDS (FWCFG_MAP_ENTRY_SIZE * 12u)
#define BITMAP (FWCFG_MAP_HEADER_SIZE + IDS)
static const PvCell twice_cells[] = {
        TABLE_LIES("ID 0 twice", IDS, FWCFG_MAP_HEADER_SIZE, FWCFG_MAP_ENTRY_SIZE, 1)};
static const PvCell spare_cells[] = {TABLE_LIES("bit 15", 2, BITMAP, 1, 0x80)};
static const PvCell nobody_cells[] = {TABLE_LIES("none present", 2, BITMAP, 0, 3)};
/* Every control field says error; the data are right. */
static const PvCell error_cells[] = {DMA_LIE(TOPOLOGY, "error", 4, 3, FWCFG_DMA_ERROR)};
static const PvCell short_cells[] = {
        {.machine = TOPOLOGY, .lie = "short by 4 bytes",
         .hostile = &(const PvMutation){.kind = PV_MUTATE_DMA_WRITE_SHORT, .offset = PV_ANYWHERE, .width = 16,
                                        .operand = 4}},
};
static const PvCell no_dma_cells[] = {PORT_LIE(TOPOLOGY, "no DMA", FWCFG_KEY_ID, 0, FWCFG_ID_DMA)};
static const PvCell old_cells[] = {
        {.machine = "fwcfg:" FWCFG_REVISION_OLD},
        {.machine = "fwcfg:" FWCFG_REVISION_OLD, .chipset = PV_CHIPSET_PC},
};
static const PvCell place_cells[] = {{0}, {.chipset = PV_CHIPSET_PC}};
static const PvCell wide_cells[] = {{.smp = "1,maxcpus=195,sockets=3,dies=1,cores=65,threads=1"}};
static const PvCell crowd_cells[] = {{.smp = "70000,maxcpus=131072,sockets=1024,dies=1,cores=128,threads=1"}};

/* ---- act: detect and, where there is something, ask for everything ---- */

enum { DETECT, ENUMERATE };

static int
enumerate(const PvScene *scene, PvObservation *o)
{
        if (o->result[DETECT])
                return o->result[DETECT] < 0 ? o->result[DETECT] : 0;
        o->result[ENUMERATE] = scene->consumer->enumerate(scene->consumer_state, PV_FACETS_BOOT, &o->view);
        return o->result[ENUMERATE] < 0 ? o->result[ENUMERATE] : 0;
}

static int
detect(const PvScene *scene, PvObservation *o)
{
        o->view = *scene->buffers;
        if (scene->role == PV_ROLE_OSPM || !scene->consumer->enumerate)
                return PV_E_UNSUPPORTED;
        o->result[DETECT] = scene->consumer->detect(scene->consumer_state);
        return 0;
}

static int
ask(const PvScene *scene, PvObservation *o)
{
        int r = detect(scene, o);

        return r ? r : enumerate(scene, o);
}

/* A lie that is not on the way this consumer reads by says nothing about it. */
static int
act(const PvScene *scene, PvObservation *o)
{
        const uint64_t doorbells = scene->counts->doorbells;
        const PvMutation *lie = scene->cell->hostile;
        int r = ask(scene, o);
        bool by_dma = scene->counts->doorbells != doorbells;

        if (!r && lie && by_dma != (lie->offset == PV_ANYWHERE))
                return PV_E_UNSUPPORTED;
        return r;
}

/* The register holds half an address that somebody wrote and never used. */
static int
act_stale_high(const PvScene *scene, PvObservation *o)
{
        const uint64_t doorbells = scene->counts->doorbells;
        int r = pv_bus_out(scene->bus, scene->base + AT(FWCFG_DMA_HIGH_RW), 4, BIT_32_BE);

        r = r ? r : ask(scene, o);
        return r || scene->counts->doorbells != doorbells ? r : PV_E_UNSUPPORTED;
}

/* Whoever needs DMA here gives up; whoever does not is not asked. */
static int
act_no_dma(const PvScene *scene, PvObservation *o)
{
        const uint64_t doorbells = scene->counts->doorbells;
        int r = ask(scene, o);

        o->n_values = 1;
        o->value[0] = scene->counts->doorbells - doorbells;
        return r || o->value[0] || !(o->view.facets & PV_FACET_APIC_ID) ? r : PV_E_UNSUPPORTED;
}

/* Between detection and the question somebody else has used the device. */
static int
act_moved(const PvScene *scene, PvObservation *o)
{
        uint8_t bytes[3];
        int r = detect(scene, o);

        r = r ? r : fwcfg_rule_select(scene, FWCFG_KEY_SIGNATURE);
        r = r ? r : fwcfg_rule_read(scene, bytes, sizeof bytes);
        return r ? r : enumerate(scene, o);
}

/* ---- judge ---- */

/* Facets of the view that are not true. */
static uint32_t
wrong_facets(const PvObservation *o)
{
        const PvTruth *truth = &o->after;
        const PvView *view = &o->view;
        uint32_t wrong = 0;

        if (view->possible != truth->max_cpus)
                wrong |= PV_FACET_POSSIBLE_COUNT;
        if (view->present_count != truth->present_count)
                wrong |= PV_FACET_PRESENT_COUNT;
        for (uint32_t i = 0; i < truth->max_cpus; i++) {
                if (view->apic_id[i] != truth->apic_id[i])
                        wrong |= PV_FACET_APIC_ID;
                if (pv_bit_get(view->present, i) != pv_bit_get(truth->present, i))
                        wrong |= PV_FACET_PRESENT_SET;
        }
        return wrong & view->facets;
}

static void
judge_with(const PvObservation *o, bool pass, const char *expected, PvJudgement *j)
{
        fwcfg_rule_judge(j, pass, expected, "findings %d and %d; facets 0x%x, of which 0x%x are wrong",
                         o->result[DETECT], o->result[ENUMERATE], o->view.facets, wrong_facets(o));
}

/* A file, or a transfer, that is not to be trusted tells nothing, and the consumer says so. */
static void
judge_refused(const PvObservation *o, PvJudgement *j)
{
        judge_with(o, (o->result[DETECT] > 0 || o->result[ENUMERATE] > 0) && o->view.facets == 0,
                   "a finding, and no facet", j);
}

static void
judge_true(const PvObservation *o, PvJudgement *j)
{
        uint32_t wanted = o->claimed & PV_FACETS_BOOT;

        bool finding = o->result[DETECT] || o->result[ENUMERATE];

        judge_with(o, !finding && !wrong_facets(o) && !(wanted & ~o->view.facets),
                   "every facet claimed, and true", j);
}

static void
judge_nothing(const PvObservation *o, PvJudgement *j)
{
        judge_with(o, o->result[DETECT] == PV_E_UNSUPPORTED && o->view.facets == 0,
                   "unsupported (5), and no facet", j);
}

static void
judge_no_doorbell(const PvObservation *o, PvJudgement *j)
{
        judge_with(o, o->value[0] == 0 && !wrong_facets(o), "no transfer started, and no facet that is wrong",
                   j);
}

static void
judge_no_truncation(const PvObservation *o, PvJudgement *j)
{
        judge_with(o, !wrong_facets(o) && o->view.facets & PV_FACET_POSSIBLE_COUNT,
                   "a possible count, and no present count from 16 bits", j);
}

#define HOSTILE(array) PV_CHECK_CELLS(array), .act = act, .judge = judge_refused
#define HONEST(array) PV_CHECK_CELLS(array), .act = act, .judge = judge_true

static const PvCheck rules[] = {
        {.id = "FWC-USE-001", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED,
         .source = DIRECTORY_SOURCE,
         .requirement = "A consumer does not follow a count that no directory can have.",
         .advice = "Bound the walk: a count is 32 bits from the host.",
         .needs = FWCFG_FEATURE_SORTED, HOSTILE(count_cells)},
        {.id = "FWC-USE-002", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED,
         .source = DIRECTORY_SOURCE,
         .requirement = "A consumer refuses a name that has no NUL, even one that begins like its own.",
         .advice = "Compare at most 56 bytes.",
         .needs = FWCFG_FEATURE_SORTED, HOSTILE(name_cells)},
        {.id = "FWC-USE-003", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED,
         .source = DIRECTORY_SOURCE,
         .requirement = "A consumer refuses an entry whose key no file can have.",
         .advice = "Below 0x0020 are fixed items, above 0x4000 flags.",
         .needs = FWCFG_FEATURE_SORTED, HOSTILE(key_cells)},
        {.id = "FWC-USE-004", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED, .source = FILE_SOURCE,
         .requirement = "A consumer refuses a topology file whose size is not 16.",
         .advice = "The size is the only mark of the format.",
         .needs = FWCFG_FEATURE_TOPOLOGY, HOSTILE(size_cells)},
        {.id = "FWC-USE-005", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED, .source = FILE_SOURCE,
         .requirement = "A consumer refuses a topology file with a field of 0.",
         .advice = "Each field is a divisor, or the length of a walk.",
         .needs = FWCFG_FEATURE_TOPOLOGY, HOSTILE(zero_cells)},
        {.id = "FWC-USE-006", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED, .source = FILE_SOURCE,
         .requirement = "A consumer refuses a topology file whose product, or the APIC ID derived from it, "
                        "exceeds 32 bits.",
         .advice = "Multiply in 64 bits, or divide.",
         .needs = FWCFG_FEATURE_TOPOLOGY, HOSTILE(product_cells)},
        {.id = "FWC-USE-007", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED, .source = FILE_SOURCE,
         .requirement = "A consumer refuses a topology file with more CPUs than it has a bound for.",
         .advice = "The walk over all CPUs is as long as the host says.",
         .needs = FWCFG_FEATURE_TOPOLOGY, HOSTILE(many_cells)},
        {.id = "FWC-USE-008", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED,
         .source = "edk2 OvmfPkg PlatformInitLib, PlatformMaxCpuCountInitialization()",
         .requirement = "A consumer refuses an NB_CPUS of 0 or above the number of possible CPUs.",
         .advice = "The CPU that asks is present.",
         .needs = FWCFG_FEATURE_TOPOLOGY, .facets = PV_FACET_PRESENT_COUNT, HOSTILE(present_cells)},
        {.id = "FWC-USE-009", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS, .source = MAP_SOURCE,
         .requirement = "A consumer refuses a map whose magic, version, entry size or size is not the "
                        "documented one.",
         .advice = "The size follows from max_cpus.",
         .needs = FWCFG_FEATURE_MAP, HOSTILE(header_cells)},
        {.id = "FWC-USE-010", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS, .source = MAP_SOURCE,
         .requirement = "A consumer refuses a map that gives one APIC ID to two CPUs.",
         .advice = "IDs that ascend need no second look.",
         .needs = FWCFG_FEATURE_MAP, HOSTILE(twice_cells)},
        {.id = "FWC-USE-011", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS, .source = MAP_SOURCE,
         .requirement = "A consumer refuses a map with a bit behind the last possible CPU.",
         .advice = "Look at the unused bits of the last byte.",
         .needs = FWCFG_FEATURE_MAP, HOSTILE(spare_cells)},
        {.id = "FWC-USE-012", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS, .source = MAP_SOURCE,
         .requirement = "A consumer refuses a map in which no CPU is present.",
         .advice = "The CPU that asks is.",
         .needs = FWCFG_FEATURE_MAP, HOSTILE(nobody_cells)},
        {.id = "FWC-USE-013", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DOCUMENTED, .source = DMA_SOURCE,
         .requirement = "A consumer does not use what a transfer with the error bit left in its buffer.",
         .advice = "Look at bit 0 of the control field before the data.",
         .needs = FWCFG_FEATURE_DMA, HOSTILE(error_cells)},
        {.id = "FWC-USE-014", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = DMA_SOURCE,
         .requirement = "A DMA consumer writes the high half of the address before the low half, in each "
                        "transfer.",
         .advice = "A reset leaves the high half that a guest wrote last; SeaBIOS never writes it.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .act = act_stale_high, .judge = judge_true},
        {.id = "FWC-USE-015", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED, .source = DMA_SOURCE,
         .requirement = "A consumer notices a transfer that is answered as done and did not store all of its "
                        "data.",
         .advice = "Put a pattern at the end of the buffer first.",
         .needs = FWCFG_FEATURE_DMA, HOSTILE(short_cells)},
        {.id = "FWC-USE-016", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = FILE_SOURCE,
         .requirement = "On a machine without the file a consumer says that it is unsupported and tells "
                        "nothing.",
         .advice = "Machine types older than the file stay in use: fall back to the boot count.",
         .needs = FWCFG_FEATURE_SORTED, PV_CHECK_CELLS(old_cells), .act = act, .judge = judge_nothing},
        {.id = "FWC-USE-017", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "QEMU docs/specs/fw_cfg.rst, 'Revision / feature bitmap'",
         .requirement = "A consumer starts no transfer on a device that does not announce DMA in key 0x0001.",
         .advice = "The ports may belong to somebody else.",
         .needs = FWCFG_FEATURE_DMA, PV_CHECK_CELLS(no_dma_cells), .act = act_no_dma,
         .judge = judge_no_doorbell},
        {.id = "FWC-USE-018", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = DIRECTORY_SOURCE,
         .requirement = "A consumer finds its file by name, wherever in the directory it stands.",
         .advice = "The key depends on which other files there are.",
         .needs = FWCFG_FEATURE_SORTED, .any_state = true, .content = true, HONEST(place_cells)},
        {.id = "FWC-USE-019", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DERIVED, .source = FILE_SOURCE,
         .requirement = "A consumer tells an APIC ID above 254 in full.",
         .advice = "195 CPUs can have IDs up to 320: the ID, not the count, decides about x2APIC.",
         .needs = FWCFG_FEATURE_SORTED, .any_state = true, .content = true,
         .facets = PV_FACET_APIC_ID, HONEST(wide_cells)},
        {.id = "FWC-USE-020", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_OURS,
         .source = "docs/fwcfg.md, 'Ports'",
         .requirement = "A consumer does not take the low 16 bits of NB_CPUS for the count on a machine with "
                        "more possible CPUs than that.",
         .advice = "Leave the present count unset, or count another way.",
         .needs = FWCFG_FEATURE_SORTED, .content = true, PV_CHECK_CELLS(crowd_cells), .act = act,
         .judge = judge_no_truncation},
        {.id = "FWC-USE-021", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = DIRECTORY_SOURCE ", and " FILE_SOURCE,
         .requirement = "A consumer takes the directory and DMA descriptors as big-endian, and CPU counts "
                        "and the files as little-endian.",
         .advice = "fw_cfg carries bytes: whose item it is decides about their order.",
         .needs = FWCFG_FEATURE_SORTED, .any_state = true, .content = true, .act = act, .judge = judge_true},
        {.id = "FWC-USE-022", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_CONSUMER,
         .source = "Linux drivers/firmware/qemu_fw_cfg.c, fw_cfg_read_blob()",
         .requirement = "A consumer selects before it reads, and relies on no key or offset of an earlier "
                        "call.",
         .advice = "Selected key and offset are shared by all who use the device, and cannot be read back.",
         .needs = FWCFG_FEATURE_SORTED, .any_state = true, .content = true,
         .act = act_moved, .judge = judge_true},
};

const PvRules fwcfg_rules_consumer = PV_RULES(rules);
