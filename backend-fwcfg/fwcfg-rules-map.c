/* SPDX-License-Identifier: MIT */
/* Rules of etc/x86-cpu-map, judged against the machine's truth. */
#include "backend-fwcfg/fwcfg-rules.h"

#include <inttypes.h>
#include <stdio.h>

#define SOURCE "docs/fwcfg.md, 'etc/x86-cpu-map'"

/* The header, before and after something happened. Table and bitmap go to the buffers of the view. */
enum {
        TIMES, /* in the directory */
        SIZE,
        MAGIC, VERSION, ENTRY_SIZE, MAX_CPUS, GENERATION,
        N_SEEN,
        AGAIN = N_SEEN,
};

#define PLUGGED 3u

/* As many CPUs as the buffers hold; fewer: a header that is not to be followed. */
static int
look(const PvScene *scene, uint64_t *ret_value, PvView *view)
{
        uint8_t header[FWCFG_MAP_HEADER_SIZE], entry[FWCFG_MAP_ENTRY_SIZE];
        FwcfgEntry file;
        uint32_t times, n;
        int r = fwcfg_rule_find(scene, FWCFG_MAP_FILE, &file, &times);

        if (r)
                return r;
        ret_value[TIMES] = times;
        ret_value[SIZE] = file.size;
        r = fwcfg_rule_select(scene, file.key);
        r = r ? r : fwcfg_rule_read(scene, header, sizeof header);
        if (r || times == 0)
                return r;
        ret_value[MAGIC] = fwcfg_load_le32(header + FWCFG_MAP_LE_MAGIC);
        ret_value[VERSION] = fwcfg_load_le16(header + FWCFG_MAP_LE_VERSION);
        ret_value[ENTRY_SIZE] = fwcfg_load_le16(header + FWCFG_MAP_LE_ENTRY_SIZE);
        ret_value[MAX_CPUS] = fwcfg_load_le32(header + FWCFG_MAP_LE_MAX_CPUS);
        ret_value[GENERATION] = fwcfg_load_le32(header + FWCFG_MAP_LE_GENERATION);
        n = ret_value[MAX_CPUS] <= view->capacity ? (uint32_t) ret_value[MAX_CPUS] : 0;
        for (uint32_t i = 0; i < n && !r; i++) {
                r = fwcfg_rule_read(scene, entry, sizeof entry);
                view->apic_id[i] = fwcfg_load_le32(entry);
        }
        view->possible = n;
        return r ? r : fwcfg_rule_read(scene, view->present, pv_bitmap_size(n));
}

static int
act(const PvScene *scene, PvObservation *o)
{
        o->view = *scene->buffers;
        o->n_values = N_SEEN;
        return look(scene, o->value, &o->view);
}

static int
act_plug(const PvScene *scene, PvObservation *o)
{
        int r = act(scene, o);

        o->n_values = 2 * N_SEEN;
        r = r ? r : scene->host->ops->plug(scene->host, PLUGGED);
        return r ? r : look(scene, o->value + AGAIN, &o->view);
}

static void
judge_once(const PvObservation *o, PvJudgement *j)
{
        fwcfg_rule_judge(j, o->value[TIMES] == 1, FWCFG_MAP_FILE " once", "%" PRIu64 " times",
                         o->value[TIMES]);
}

static void
judge_ids(const PvObservation *o, PvJudgement *j)
{
        const PvTruth *truth = &o->after;
        const uint32_t n = o->view.possible < truth->max_cpus ? o->view.possible : truth->max_cpus;
        uint32_t right = 0;

        while (right < n && o->view.apic_id[right] == truth->apic_id[right])
                right++;
        fwcfg_rule_judge(j, right == truth->max_cpus, "the APIC ID of each possible CPU",
                         "%u CPUs, of which %u are right, in order", o->view.possible, right);
}

static void
judge_header(const PvObservation *o, PvJudgement *j)
{
        const uint64_t *v = o->value;

        fwcfg_rule_judge(j,
                         v[MAGIC] == FWCFG_MAP_MAGIC && v[VERSION] == FWCFG_MAP_VERSION &&
                                 v[ENTRY_SIZE] == FWCFG_MAP_ENTRY_SIZE,
                         "magic 0x4d435650, version 1, entry size 4",
                         "magic 0x%" PRIx64 ", version %" PRIu64 ", entry size %" PRIu64, v[MAGIC],
                         v[VERSION], v[ENTRY_SIZE]);
}

static void
judge_size(const PvObservation *o, PvJudgement *j)
{
        const uint64_t size = fwcfg_map_size(o->after.max_cpus);
        char expected[96];

        snprintf(expected, sizeof expected, "max_cpus %u, %" PRIu64 " bytes", o->after.max_cpus, size);
        fwcfg_rule_judge(j, o->value[MAX_CPUS] == o->after.max_cpus && o->value[SIZE] == size, expected,
                         "max_cpus %" PRIu64 ", %" PRIu64 " bytes", o->value[MAX_CPUS], o->value[SIZE]);
}

/* Are the bits of the possible CPUs those of this bitmap? */
static void
judge_bits(const PvObservation *o, const uint8_t *bitmap, const char *expected, PvJudgement *j)
{
        const uint32_t n = o->view.possible < o->after.max_cpus ? o->view.possible : o->after.max_cpus;
        uint32_t right = 0;

        while (right < n && pv_bit_get(o->view.present, right) == pv_bit_get(bitmap, right))
                right++;
        fwcfg_rule_judge(j, right == o->after.max_cpus, expected, "right for the first %u of %u CPUs", right,
                         o->after.max_cpus);
}

static void
judge_present(const PvObservation *o, PvJudgement *j)
{
        judge_bits(o, o->after.boot_present, "a bit for each CPU that was present at power-on", j);
}

static void
judge_arrived(const PvObservation *o, PvJudgement *j)
{
        judge_bits(o, o->after.present, "the plugged CPU's bit too", j);
}

static void
judge_spare(const PvObservation *o, PvJudgement *j)
{
        const uint32_t n = o->view.possible, rest = n % 8;
        unsigned spare = n && rest ? o->view.present[n / 8] >> rest : 0;

        fwcfg_rule_judge(j, n && !spare, "no bit behind the last possible CPU", "0x%x behind %u CPUs", spare,
                         n);
}

static void
judge_generation(const PvObservation *o, PvJudgement *j)
{
        const uint64_t before = o->value[GENERATION], after = o->value[AGAIN + GENERATION];

        fwcfg_rule_judge(j, after != before, "another generation after the plug",
                         "%" PRIu64 " before, %" PRIu64 " after", before, after);
}

static const PvCheck rules[] = {
        {.id = "FWC-MAP-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_OURS, .source = SOURCE,
         .requirement = "The directory names etc/x86-cpu-map once.",
         .advice = "On a foreign device the file has to be injected.",
         .needs = FWCFG_FEATURE_MAP, .any_state = true, .content = true, .act = act, .judge = judge_once},
        {.id = "FWC-MAP-002", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_OURS, .source = SOURCE,
         .requirement = "The map gives the APIC ID of every possible CPU by selector.",
         .advice = "The table is in selector order, not sorted by ID.",
         .needs = FWCFG_FEATURE_MAP, .any_state = true, .content = true, .facets = PV_FACET_APIC_ID,
         .act = act, .judge = judge_ids},
        {.id = "FWC-MAP-003", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_OURS, .source = SOURCE,
         .requirement = "Its header begins with the magic PVCM, version 1 and entry size 4.",
         .advice = "All are little-endian.",
         .needs = FWCFG_FEATURE_MAP, .any_state = true, .content = true, .act = act, .judge = judge_header},
        {.id = "FWC-MAP-004", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_OURS, .source = SOURCE,
         .requirement = "Its max_cpus is the number of possible CPUs, and its size follows from that.",
         .advice = "The size is 16 + 4 * max_cpus + one bit per CPU, rounded up to bytes.",
         .needs = FWCFG_FEATURE_MAP, .any_state = true, .content = true, .act = act, .judge = judge_size},
        {.id = "FWC-MAP-005", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_OURS, .source = SOURCE,
         .requirement = "Before any host event its bitmap holds the CPUs present at power-on, selector 0 in "
                        "bit 0.",
         .advice = "Bitmaps start at the lowest bit of the first byte.",
         .needs = FWCFG_FEATURE_MAP, .content = true, .act = act, .judge = judge_present},
        {.id = "FWC-MAP-006", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS, .source = SOURCE,
         .requirement = "Bits behind the last possible CPU are 0.",
         .advice = "A consumer takes a bit there for a malformed file.",
         .needs = FWCFG_FEATURE_MAP, .any_state = true, .content = true, .act = act, .judge = judge_spare},
        {.id = "FWC-MAP-007", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_OURS, .source = SOURCE,
         .requirement = "The bitmap has the bit of a CPU as soon as it has been plugged.",
         .advice = "The file is live: a static one belongs to a foreign device.",
         .needs = FWCFG_FEATURE_MAP, .content = true, .live = true, .facets = PV_FACET_PRESENT_SET,
         .act = act_plug, .judge = judge_arrived},
        {.id = "FWC-MAP-008", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_OURS, .source = SOURCE,
         .requirement = "The generation changes with every plug.",
         .advice = "It is how a consumer sees that the bitmap changed while it was read.",
         .needs = FWCFG_FEATURE_MAP, .content = true, .live = true, .facets = PV_FACET_PRESENT_SET,
         .act = act_plug, .judge = judge_generation},
};

const PvRules fwcfg_rules_map = PV_RULES(rules);
