/* SPDX-License-Identifier: MIT */
/* The rules of the file directory and of the two files, each judged against the machine's truth. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend-fwcfg/fwcfg-rules.h"

#define COUNT_LIMIT 1024u /* entries: what is beyond is not read */

/* What the values of a directory or a file observation mean. */
enum {
        SEEN_COUNT,
        SEEN_UNTERMINATED, /* names without a NUL */
        SEEN_NAMELESS,
        SEEN_BAD_KEYS,     /* below the first file key, with a flag bit, or used twice */
        SEEN_UNSORTED,     /* neighbours out of order */
        SEEN_FOUND,        /* entries with the name looked for */
        SEEN_SIZE,
        SEEN_FIELDS,       /* four of the topology file; magic, version, entry size, max_cpus of the map */
        N_SEEN = SEEN_FIELDS + 4,
};

static int
select_key(const PvScene *scene, uint16_t key)
{
        return pv_bus_out(scene->bus, scene->base, 2, key);
}

static int
read_bytes(const PvScene *scene, void *ret_data, size_t n)
{
        const uint64_t port = scene->base + (FWCFG_DATA_R - FWCFG_BASE);

        return scene->bus->ops->read_string(scene->bus, port, ret_data, n);
}

typedef struct Walk {
        const char *name;
        uint16_t key; /* of the file with this name */
        uint8_t before[FWCFG_ENTRY_SIZE];
        uint8_t seen[FWCFG_KEY_WRITE / 8];
} Walk;

static void
note_entry(Walk *w, const uint8_t *entry, bool first, PvObservation *o)
{
        const char *name = (const char *) entry + FWCFG_ENTRY_NAME;
        uint16_t key = fwcfg_load_be16(entry + FWCFG_ENTRY_BE_SELECT);

        if (!memchr(name, 0, FWCFG_NAME_SIZE))
                o->value[SEEN_UNTERMINATED]++;
        if (!*name)
                o->value[SEEN_NAMELESS]++;
        if (key < FWCFG_KEY_FILES || key >= FWCFG_KEY_WRITE || pv_bit_get(w->seen, key))
                o->value[SEEN_BAD_KEYS]++;
        else
                pv_bit_set(w->seen, key, true);
        if (!first && strncmp((const char *) w->before + FWCFG_ENTRY_NAME, name, FWCFG_NAME_SIZE) >= 0)
                o->value[SEEN_UNSORTED]++;
        if (w->name && strncmp(name, w->name, FWCFG_NAME_SIZE) == 0) {
                w->key = key;
                o->value[SEEN_SIZE] = fwcfg_load_be32(entry + FWCFG_ENTRY_BE_SIZE);
                o->value[SEEN_FOUND]++;
        }
        memcpy(w->before, entry, FWCFG_ENTRY_SIZE);
}

/* Reads the whole directory and notes what a judge needs. */
static int
walk_directory(const PvScene *scene, Walk *w, PvObservation *o)
{
        uint8_t bytes[FWCFG_ENTRY_SIZE];
        int r = select_key(scene, FWCFG_KEY_DIRECTORY);

        r = r ? r : read_bytes(scene, bytes, FWCFG_DIRECTORY_HEADER);
        if (r)
                return r;
        o->n_values = N_SEEN;
        o->value[SEEN_COUNT] = fwcfg_load_be32(bytes);
        for (uint32_t i = 0; o->value[SEEN_COUNT] <= COUNT_LIMIT && i < o->value[SEEN_COUNT]; i++) {
                r = read_bytes(scene, bytes, sizeof bytes);
                if (r)
                        return r;
                note_entry(w, bytes, i == 0, o);
        }
        return 0;
}

static void
judgement(PvJudgement *ret_judgement, bool pass, const char *expected, const char *actual)
{
        ret_judgement->verdict = pass ? PV_PASS : PV_FAIL;
        snprintf(ret_judgement->expected, sizeof ret_judgement->expected, "%s", expected);
        snprintf(ret_judgement->actual, sizeof ret_judgement->actual, "%s", actual);
}

static bool
count_is_sane(const PvObservation *o)
{
        return o->value[SEEN_COUNT] > 0 && o->value[SEEN_COUNT] <= COUNT_LIMIT;
}

/* ---- directory ---- */

int
fwcfg_act_directory(const PvScene *scene, PvObservation *ret_observation)
{
        Walk walk = {0};

        return walk_directory(scene, &walk, ret_observation);
}

void
fwcfg_judge_directory(const PvObservation *o, PvJudgement *ret_judgement)
{
        char actual[160];

        snprintf(actual, sizeof actual,
                 "%" PRIu64 " entries; %" PRIu64 " unterminated, %" PRIu64 " nameless, %" PRIu64 " bad keys",
                 o->value[SEEN_COUNT], o->value[SEEN_UNTERMINATED], o->value[SEEN_NAMELESS],
                 o->value[SEEN_BAD_KEYS]);
        judgement(ret_judgement,
                  count_is_sane(o) && !o->value[SEEN_UNTERMINATED] && !o->value[SEEN_NAMELESS] &&
                          !o->value[SEEN_BAD_KEYS],
                  "1 to 1024 entries, each with a NUL-terminated name and a file key of its own", actual);
}

int
fwcfg_act_directory_order(const PvScene *scene, PvObservation *ret_observation)
{
        return fwcfg_act_directory(scene, ret_observation);
}

void
fwcfg_judge_directory_order(const PvObservation *o, PvJudgement *ret_judgement)
{
        char actual[96];

        snprintf(actual, sizeof actual, "%" PRIu64 " entries, %" PRIu64 " neighbours out of order",
                 o->value[SEEN_COUNT], o->value[SEEN_UNSORTED]);
        judgement(ret_judgement, count_is_sane(o) && !o->value[SEEN_UNSORTED], "names in ascending order",
                  actual);
}

/* ---- etc/x86-smp-topology ---- */

int
fwcfg_act_topology_file(const PvScene *scene, PvObservation *o)
{
        Walk walk = {.name = FWCFG_TOPOLOGY_FILE};
        uint8_t file[FWCFG_TOPOLOGY_SIZE];
        int r = walk_directory(scene, &walk, o);

        if (r || !o->value[SEEN_FOUND])
                return r;
        r = select_key(scene, walk.key);
        r = r ? r : read_bytes(scene, file, sizeof file);
        for (unsigned i = 0; i < 4 && !r; i++)
                o->value[SEEN_FIELDS + i] = fwcfg_load_le32(file + 4 * i);
        return r;
}

void
fwcfg_judge_topology_file(const PvObservation *o, PvJudgement *ret_judgement)
{
        char actual[96];

        snprintf(actual, sizeof actual, "found %" PRIu64 " times, %" PRIu64 " bytes", o->value[SEEN_FOUND],
                 o->value[SEEN_SIZE]);
        judgement(ret_judgement, o->value[SEEN_FOUND] == 1 && o->value[SEEN_SIZE] == FWCFG_TOPOLOGY_SIZE,
                  FWCFG_TOPOLOGY_FILE " once, 16 bytes", actual);
}

int
fwcfg_act_topology_content(const PvScene *scene, PvObservation *ret_observation)
{
        return fwcfg_act_topology_file(scene, ret_observation);
}

static unsigned
index_bits(uint64_t n)
{
        unsigned bits = 0;

        while (bits < 32 && UINT64_C(1) << bits < n)
                bits++;
        return bits;
}

/* The ID that dies, cores and threads of the file give the CPU at this selector. */
static uint64_t
id_by_fields(const uint64_t *fields, uint32_t selector)
{
        const uint64_t dies = fields[0], cores = fields[1], threads = fields[2];
        unsigned core_at = index_bits(threads), die_at = core_at + index_bits(cores);
        unsigned package_at = die_at + index_bits(dies);
        uint64_t rest = selector, thread = rest % threads, core = rest / threads % cores;
        uint64_t die = rest / threads / cores % dies, package = rest / threads / cores / dies;

        if (package_at > 32)
                return UINT64_MAX;
        return thread | core << core_at | die << die_at | package << package_at;
}

void
fwcfg_judge_topology_content(const PvObservation *o, PvJudgement *ret_judgement)
{
        const uint64_t *f = &o->value[SEEN_FIELDS];
        uint32_t wrong = 0;
        char expected[96], actual[160];

        if (f[0] && f[1] && f[2])
                while (wrong < o->after.max_cpus && id_by_fields(f, wrong) == o->after.apic_id[wrong])
                        wrong++;
        snprintf(expected, sizeof expected, "max_cpus %u and the APIC ID of each", o->after.max_cpus);
        snprintf(actual, sizeof actual,
                 "dies %" PRIu64 ", cores %" PRIu64 ", threads %" PRIu64 ", max_cpus %" PRIu64
                 "; IDs right up to selector %u",
                 f[0], f[1], f[2], f[3], wrong);
        judgement(ret_judgement,
                  o->value[SEEN_FOUND] && f[3] == o->after.max_cpus && wrong == o->after.max_cpus, expected,
                  actual);
}

/* ---- etc/x86-cpu-map ---- */

int
fwcfg_act_map_file(const PvScene *scene, PvObservation *o)
{
        Walk walk = {.name = FWCFG_MAP_FILE};
        uint8_t header[FWCFG_MAP_HEADER_SIZE];
        int r = walk_directory(scene, &walk, o);

        if (r || !o->value[SEEN_FOUND])
                return r;
        r = select_key(scene, walk.key);
        r = r ? r : read_bytes(scene, header, sizeof header);
        if (r)
                return r;
        o->value[SEEN_FIELDS] = fwcfg_load_le32(header + FWCFG_MAP_LE_MAGIC);
        o->value[SEEN_FIELDS + 1] = fwcfg_load_le16(header + FWCFG_MAP_LE_VERSION);
        o->value[SEEN_FIELDS + 2] = fwcfg_load_le16(header + FWCFG_MAP_LE_ENTRY_SIZE);
        o->value[SEEN_FIELDS + 3] = fwcfg_load_le32(header + FWCFG_MAP_LE_MAX_CPUS);
        return 0;
}

void
fwcfg_judge_map_file(const PvObservation *o, PvJudgement *ret_judgement)
{
        const uint64_t *f = &o->value[SEEN_FIELDS];
        const uint64_t size = fwcfg_map_size(o->after.max_cpus);
        char expected[160], actual[200];

        snprintf(expected, sizeof expected,
                 FWCFG_MAP_FILE " once, %" PRIu64 " bytes: PVCM, version 1, entry size 4, max_cpus %u", size,
                 o->after.max_cpus);
        snprintf(actual, sizeof actual,
                 "found %" PRIu64 " times, %" PRIu64 " bytes: magic 0x%" PRIx64 ", version %" PRIu64
                 ", entry size %" PRIu64 ", max_cpus %" PRIu64,
                 o->value[SEEN_FOUND], o->value[SEEN_SIZE], f[0], f[1], f[2], f[3]);
        judgement(ret_judgement,
                  o->value[SEEN_FOUND] == 1 && o->value[SEEN_SIZE] == size && f[0] == FWCFG_MAP_MAGIC &&
                          f[1] == FWCFG_MAP_VERSION && f[2] == FWCFG_MAP_ENTRY_SIZE &&
                          f[3] == o->after.max_cpus,
                  expected, actual);
}

/* The table and the bitmap into the buffers of the view: as many CPUs as those hold. */
int
fwcfg_act_map_content(const PvScene *scene, PvObservation *o)
{
        uint8_t entry[FWCFG_MAP_ENTRY_SIZE];
        uint32_t n;
        int r = fwcfg_act_map_file(scene, o);

        o->view = *scene->buffers;
        if (r || !o->value[SEEN_FOUND] || o->value[SEEN_FIELDS + 3] > o->view.capacity)
                return r;
        n = (uint32_t) o->value[SEEN_FIELDS + 3];
        for (uint32_t i = 0; i < n && !r; i++) {
                r = read_bytes(scene, entry, sizeof entry);
                o->view.apic_id[i] = fwcfg_load_le32(entry);
        }
        r = r ? r : read_bytes(scene, o->view.present, pv_bitmap_size(n));
        if (!r)
                o->view.possible = n;
        return r;
}

void
fwcfg_judge_map_content(const PvObservation *o, PvJudgement *ret_judgement)
{
        const PvTruth *truth = &o->after;
        const PvView *view = &o->view;
        uint32_t n = view->possible < truth->max_cpus ? view->possible : truth->max_cpus, right = 0;
        char actual[160];

        while (right < n && view->apic_id[right] == truth->apic_id[right] &&
               pv_bit_get(view->present, right) == pv_bit_get(truth->boot_present, right))
                right++;
        snprintf(actual, sizeof actual, "%u of %u CPUs; right up to selector %u", view->possible,
                 truth->max_cpus, right);
        judgement(ret_judgement, view->possible == truth->max_cpus && right == truth->max_cpus,
                  "the APIC ID of each possible CPU, and those present at power-on", actual);
}
