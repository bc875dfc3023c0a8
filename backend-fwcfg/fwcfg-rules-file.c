/* SPDX-License-Identifier: MIT */
/* Rules of etc/x86-smp-topology, judged against the machine's truth. */
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#include <inttypes.h>
#include <stdio.h>

#define SOURCE "qemu-devel <20191008105259.5378-4-lersek@redhat.com>, FWCfgX86Topology"

static const PvCell topology_cells[] = {
        {0},
        {.smp = "1,maxcpus=18,sockets=2,dies=3,cores=3,threads=1"},
        {.smp = "1,maxcpus=27,sockets=1,dies=3,cores=3,threads=3"},
        {.smp = "1,maxcpus=51,sockets=17,dies=1,cores=1,threads=3"},
        {.smp = "1,maxcpus=195,sockets=3,dies=1,cores=65,threads=1"},
        {.smp = "1,maxcpus=288,sockets=2,dies=2,cores=36,threads=2"},
        {.chipset = PV_CHIPSET_PC},
};

/* What is seen of the file, before and after something happened to the machine. */
enum {
        TIMES, /* in the directory */
        SIZE,
        DIES, CORES, THREADS, MAX_CPUS,
        N_SEEN,
        AGAIN = N_SEEN, /* and once more */
};

static int
look(const PvScene *scene, uint64_t *ret_value)
{
        uint8_t file[FWCFG_TOPOLOGY_SIZE];
        FwcfgEntry entry;
        uint32_t times;
        int r = fwcfg_rule_find(scene, FWCFG_TOPOLOGY_FILE, &entry, &times);

        if (r)
                return r;
        ret_value[TIMES] = times;
        ret_value[SIZE] = entry.size;
        if (times == 0)
                return 0;
        r = fwcfg_rule_select(scene, entry.key);
        r = r ? r : fwcfg_rule_read(scene, file, sizeof file);
        for (unsigned i = 0; i < 4 && !r; i++)
                ret_value[DIES + i] = fwcfg_load_le32(file + 4 * i);
        return r;
}

static int
act(const PvScene *scene, PvObservation *o)
{
        o->n_values = N_SEEN;
        return look(scene, o->value);
}

static int
act_plug(const PvScene *scene, PvObservation *o)
{
        int r = look(scene, o->value);

        o->n_values = 2 * N_SEEN;
        r = r ? r : scene->host->ops->plug(scene->host, 3);
        return r ? r : look(scene, o->value + AGAIN);
}

static void
judge_times(const PvObservation *o, uint64_t times, PvJudgement *j)
{
        char expected[64];

        snprintf(expected, sizeof expected, FWCFG_TOPOLOGY_FILE " %" PRIu64 " times", times);
        fwcfg_rule_judge(j, o->value[TIMES] == times, expected, "%" PRIu64 " times", o->value[TIMES]);
}

static void
judge_once(const PvObservation *o, PvJudgement *j)
{
        judge_times(o, 1, j);
}

static void
judge_never(const PvObservation *o, PvJudgement *j)
{
        judge_times(o, 0, j);
}

static void
judge_size(const PvObservation *o, PvJudgement *j)
{
        fwcfg_rule_judge(j, o->value[TIMES] && o->value[SIZE] == FWCFG_TOPOLOGY_SIZE, "16 bytes",
                         "%" PRIu64 " bytes", o->value[SIZE]);
}

static void
judge_max_cpus(const PvObservation *o, PvJudgement *j)
{
        char expected[64];

        snprintf(expected, sizeof expected, "max_cpus %u", o->after.max_cpus);
        fwcfg_rule_judge(j, o->value[MAX_CPUS] == o->after.max_cpus, expected, "max_cpus %" PRIu64,
                         o->value[MAX_CPUS]);
}

/* ---- APIC IDs, derived here from the fields alone ---- */

static uint32_t
width_of(uint64_t n)
{
        uint32_t width = 0;

        while (width < 32 && (n - 1) >> width)
                width++;
        return width;
}

static uint64_t
id_by_fields(const uint64_t *value, uint32_t index)
{
        const uint64_t threads = value[THREADS], cores = value[CORES], dies = value[DIES];
        const uint64_t core = index / threads % cores, die = index / (threads * cores) % dies;
        const uint64_t package = index / (threads * cores * dies);
        const uint32_t core_at = width_of(threads), die_at = core_at + width_of(cores);
        const uint32_t package_at = die_at + width_of(dies);

        if (package_at > 32)
                return UINT64_MAX;
        return index % threads | core << core_at | die << die_at | package << package_at;
}

static void
judge_ids(const PvObservation *o, PvJudgement *j)
{
        const uint64_t *v = o->value;
        const uint32_t max_cpus = o->after.max_cpus;
        uint32_t right = 0;

        if (v[DIES] && v[CORES] && v[THREADS])
                while (right < max_cpus && id_by_fields(v, right) == o->after.apic_id[right])
                        right++;
        fwcfg_rule_judge(j, right == max_cpus, "the APIC ID of every possible CPU",
                         "dies %" PRIu64 ", cores %" PRIu64 ", threads %" PRIu64
                         ": %u of %u are right, in order",
                         v[DIES], v[CORES], v[THREADS], right, max_cpus);
}

static void
judge_static(const PvObservation *o, PvJudgement *j)
{
        unsigned changed = 0;

        for (unsigned i = 0; i < N_SEEN; i++)
                changed += o->value[i] != o->value[AGAIN + i];
        fwcfg_rule_judge(j, o->value[TIMES] && changed == 0, "the same before and after the plug",
                         "%u of place, size and fields changed", changed);
}

/* ---- scripts ---- */

static int
find(const PvScene *scene, uint64_t ret_found[PV_N_FOUND])
{
        return fwcfg_rule_look_up(scene, FWCFG_TOPOLOGY_FILE, ret_found);
}

#define WRITE_IT (PV_VALUE_FOUND, (uint64_t) FWCFG_FOUND_CONTROL << 32 | FWCFG_DMA_WRITE)

static const PvCheck rules[] = {
        {.id = "FWC-FILE-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED, .source = SOURCE,
         .requirement = "The directory names etc/x86-smp-topology once.",
         .advice = "On a foreign device the file has to be injected.",
         .needs = FWCFG_FEATURE_TOPOLOGY, .any_state = true, .content = true, .act = act,
         .judge = judge_once},
        {.id = "FWC-FILE-002", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED, .source = SOURCE,
         .requirement = "The first 12 bytes are dies per package, cores per die and threads per core, 32 "
                        "bits each and little-endian, from which the APIC ID of every possible CPU follows.",
         .advice = "Where the IDs differ, the machine encodes a level that the file cannot express.",
         .needs = FWCFG_FEATURE_TOPOLOGY, .any_state = true, .any_smp = true, .content = true,
         .facets = PV_FACET_APIC_ID,
         PV_CHECK_CELLS(topology_cells), .act = act, .judge = judge_ids},
        {.id = "FWC-FILE-003", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED, .source = SOURCE,
         .requirement = "The file has 16 bytes.",
         .advice = "It has no version: its size is all by which a consumer can tell the format.",
         .needs = FWCFG_FEATURE_TOPOLOGY, .any_state = true, .content = true, .act = act,
         .judge = judge_size},
        {.id = "FWC-FILE-004", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED, .source = SOURCE,
         .requirement = "Its last field is the number of possible CPUs, not that of CPUs present nor a limit "
                        "of APIC IDs.",
         .advice = "Key 0x000f is the limit.",
         .needs = FWCFG_FEATURE_TOPOLOGY, .any_state = true, .any_smp = true, .content = true,
         .facets = PV_FACET_POSSIBLE_COUNT,
         PV_CHECK_CELLS(topology_cells), .act = act, .judge = judge_max_cpus},
        {.id = "FWC-FILE-005", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_DERIVED, .source = SOURCE,
         .requirement = "Nothing of the file changes when a CPU is plugged.",
         .advice = "It says what is possible; NB_CPUS and the events say what is there.",
         .needs = FWCFG_FEATURE_TOPOLOGY, .content = true, .act = act_plug, .judge = judge_static},
        {.id = "FWC-FILE-006", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED, .source = SOURCE,
         .requirement = "A guest cannot write the file.",
         .advice = "Firmware trusts at the next boot what it finds there.",
         .needs = FWCFG_FEATURE_TOPOLOGY | FWCFG_FEATURE_DMA, .any_state = true, .content = true,
         .find = find,
         PV_CHECK_SCRIPT(OPERATE_OF(WRITE_IT, 4, IN_PAGE(BUFFER), FWCFG_DMA_ERROR))},
        {.id = "FWC-FILE-007", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "qemu-devel <20191008105259.5378-4-lersek@redhat.com> and patch 4/4 of the series, "
                   "fwcfg_topology",
         .requirement = "A machine of a type that is older than the proposal does not have the file.",
         .advice = "A guest that migrates must not see items come and go: gate the file by machine type.",
         .any_state = true, .excludes = FWCFG_FEATURE_TOPOLOGY, .act = act, .judge = judge_never},
};

const PvRules fwcfg_rules_file = PV_RULES(rules);
