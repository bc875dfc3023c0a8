/* SPDX-License-Identifier: MIT */
/* From the bytes of either file to a view; every value from the host is checked first. Freestanding. */
#include "backend-fwcfg/fwcfg-consumer.h"

#define MAP_ATTEMPTS 4u /* readings of a present bitmap that changes meanwhile */

/* ---- common to both ---- */

static int
read_chunks(FwcfgConsumer *c, uint32_t offset, uint8_t *ret_data, uint32_t n)
{
        int r = 0;

        for (uint32_t done = 0; done < n && !r;) {
                uint32_t piece = n - done < c->transport->chunk ? n - done : c->transport->chunk;

                r = c->transport->read(c, c->key, offset + done, ret_data + done, piece);
                done += piece;
        }
        return r;
}

int
fwcfg_read_nb_cpus(FwcfgConsumer *c, uint32_t possible, uint32_t *ret_present)
{
        uint8_t bytes[2];
        uint32_t n;
        int r = c->transport->read(c, FWCFG_KEY_NB_CPUS, 0, bytes, sizeof bytes);

        if (r)
                return r;
        n = fwcfg_load_le16(bytes);
        if (n == 0 || n > possible)
                return PV_E_BAD_PRESENT;
        *ret_present = n;
        return 0;
}

/* A count told once does not change: another one is the device contradicting itself, or another ABI of its machine. */
static int
settle_count(PvView *view, uint32_t wanted, uint32_t possible)
{
        if (view->facets & PV_FACET_POSSIBLE_COUNT && view->possible != possible)
                return PV_E_CONTRADICTION;
        if (!(wanted & (PV_FACET_APIC_ID | PV_FACET_PRESENT_SET)) || view->capacity >= possible)
                return 0;
        view->needed = possible;
        return PV_E_TOO_SMALL;
}

/* ---- etc/x86-smp-topology ---- */

typedef struct Levels {
        uint32_t threads, cores, dies; /* per level above */
        uint32_t max_cpus;
        uint32_t thread_bits, core_bits, die_bits;
} Levels;

static uint32_t
bits_for(uint32_t n)
{
        uint32_t bits = 0;

        while (bits < 32 && (n - 1) >> bits)
                bits++;
        return bits;
}

/* Packages are not in the file: as many as max_cpus needs, the last perhaps not full. */
static bool
levels_fit(const Levels *l)
{
        uint32_t inner_bits = l->thread_bits + l->core_bits + l->die_bits, packages = 1;
        uint64_t per_package;

        if (inner_bits > 32)
                return false;
        per_package = (uint64_t) l->threads * l->cores * l->dies; /* at most 2^32 */
        if (per_package < l->max_cpus)
                packages = (l->max_cpus - 1) / (uint32_t) per_package + 1;
        return inner_bits + bits_for(packages) <= 32;
}

/* A machine's topology does not change while it runs: who is asked again is held to what was read first. */
static int
compare_levels(FwcfgConsumer *c, const uint8_t *file)
{
        if (c->levels_known)
                return __builtin_memcmp(c->levels, file, sizeof c->levels) == 0 ? 0 : PV_E_UNSTEADY;
        __builtin_memcpy(c->levels, file, sizeof c->levels);
        c->levels_known = true;
        return 0;
}

static int
read_levels(FwcfgConsumer *c, Levels *ret_levels)
{
        uint8_t file[FWCFG_TOPOLOGY_SIZE];
        Levels l;
        int r;

        if (c->size != sizeof file && fwcfg_checks(c, FWCFG_CHECK_SIZE))
                return PV_E_BAD_SIZE;
        r = read_chunks(c, 0, file, sizeof file);
        if (r)
                return r;
        l.dies = fwcfg_load_le32(file + FWCFG_TOPOLOGY_LE_DIES);
        l.cores = fwcfg_load_le32(file + FWCFG_TOPOLOGY_LE_CORES);
        l.threads = fwcfg_load_le32(file + FWCFG_TOPOLOGY_LE_THREADS);
        l.max_cpus = fwcfg_load_le32(file + FWCFG_TOPOLOGY_LE_MAX_CPUS);
        if (!l.max_cpus || l.max_cpus > FWCFG_CPUS_LIMIT)
                return PV_E_BAD_COUNT;
        if (!l.dies || !l.cores || !l.threads)
                return PV_E_BAD_TOPOLOGY;
        l.thread_bits = bits_for(l.threads);
        l.core_bits = bits_for(l.cores);
        l.die_bits = bits_for(l.dies);
        if (!levels_fit(&l))
                return PV_E_BAD_TOPOLOGY;
        r = compare_levels(c, file);
        if (r)
                return r;
        *ret_levels = l;
        return 0;
}

/* An index that is 0 may belong at bit 32. */
static uint32_t
field(uint32_t index, uint32_t at)
{
        return at < 32 ? index << at : 0;
}

/* Counts like an odometer whose fastest wheel is the thread. */
static void
derive_ids(const Levels *l, uint32_t *ret_ids)
{
        const uint32_t core_at = l->thread_bits, die_at = core_at + l->core_bits;
        const uint32_t package_at = die_at + l->die_bits;
        uint32_t thread = 0, core = 0, die = 0, package = 0;

        for (uint32_t i = 0; i < l->max_cpus; i++) {
                ret_ids[i] = thread | field(core, core_at) | field(die, die_at) | field(package, package_at);
                if (++thread < l->threads)
                        continue;
                thread = 0;
                if (++core < l->cores)
                        continue;
                core = 0;
                if (++die < l->dies)
                        continue;
                die = 0;
                package++;
        }
}

int
fwcfg_view_from_topology(FwcfgConsumer *c, uint32_t wanted, PvView *view)
{
        uint32_t present = 0;
        Levels levels;
        int r = read_levels(c, &levels);

        r = r ? r : settle_count(view, wanted, levels.max_cpus);
        if (r)
                return r;
        if (levels.max_cpus > FWCFG_NB_CPUS_LIMIT)
                wanted &= ~(uint32_t) PV_FACET_PRESENT_COUNT; /* 16 bits cannot tell */
        if (wanted & PV_FACET_PRESENT_COUNT)
                r = fwcfg_read_nb_cpus(c, levels.max_cpus, &present);
        if (r)
                return r;
        if (wanted & PV_FACET_APIC_ID)
                derive_ids(&levels, view->apic_id);
        if (wanted & PV_FACET_POSSIBLE_COUNT)
                view->possible = levels.max_cpus;
        if (wanted & PV_FACET_PRESENT_COUNT)
                view->present_count = present;
        view->facets |= wanted;
        return 0;
}

/* ---- etc/x86-cpu-map ---- */

typedef struct Header {
        uint32_t max_cpus;
        uint32_t generation;
} Header;

static int
read_header(FwcfgConsumer *c, Header *ret_header)
{
        uint8_t bytes[FWCFG_MAP_HEADER_SIZE];
        uint32_t n;
        int r;

        if (c->size < sizeof bytes && fwcfg_checks(c, FWCFG_CHECK_SIZE))
                return PV_E_BAD_SIZE;
        r = read_chunks(c, 0, bytes, sizeof bytes);
        if (r)
                return r;
        n = fwcfg_load_le32(bytes + FWCFG_MAP_LE_MAX_CPUS);
        if (fwcfg_load_le32(bytes + FWCFG_MAP_LE_MAGIC) != FWCFG_MAP_MAGIC ||
            fwcfg_load_le16(bytes + FWCFG_MAP_LE_VERSION) != FWCFG_MAP_VERSION ||
            fwcfg_load_le16(bytes + FWCFG_MAP_LE_ENTRY_SIZE) != FWCFG_MAP_ENTRY_SIZE)
                return PV_E_BAD_FORMAT;
        if (n == 0 || n > FWCFG_CPUS_LIMIT)
                return PV_E_BAD_COUNT;
        if (c->size != fwcfg_map_size(n) && fwcfg_checks(c, FWCFG_CHECK_SIZE))
                return PV_E_BAD_SIZE;
        *ret_header = (Header){n, fwcfg_load_le32(bytes + FWCFG_MAP_LE_GENERATION)};
        return 0;
}

/* The table arrives in the caller's buffer and takes this machine's byte order there. */
static int
read_ids(FwcfgConsumer *c, uint32_t n, PvView *view)
{
        uint8_t *bytes = (uint8_t *) view->apic_id;
        int r = read_chunks(c, FWCFG_MAP_HEADER_SIZE, bytes, FWCFG_MAP_ENTRY_SIZE * n);

        if (r)
                return r;
        for (uint32_t i = 0; i < n; i++)
                view->apic_id[i] = fwcfg_load_le32(bytes + (size_t) FWCFG_MAP_ENTRY_SIZE * i);
        return fwcfg_checks(c, FWCFG_CHECK_ID) ? pv_view_check_ids(view, n) : 0;
}

static uint32_t
bits_set(const uint8_t *bytes, uint32_t n)
{
        uint32_t count = 0;

        for (uint32_t i = 0; i < n; i++)
                for (uint8_t rest = bytes[i]; rest; rest = (uint8_t) (rest & (rest - 1)))
                        count++;
        return count;
}

/* Kept in bitmap or, without one, counted by pieces. No bit may stand for a CPU that is not possible. */
static int
read_bitmap(FwcfgConsumer *c, uint32_t n, uint8_t *bitmap, uint32_t *ret_present)
{
        const uint32_t start = FWCFG_MAP_HEADER_SIZE + FWCFG_MAP_ENTRY_SIZE * n, size = (n + 7) / 8;
        const uint32_t most = bitmap ? size : (uint32_t) sizeof c->scratch;
        uint8_t *buffer = bitmap ? bitmap : c->scratch;
        uint32_t present = 0, piece;

        for (uint32_t done = 0; done < size; done += piece) {
                int r;

                piece = size - done < most ? size - done : most;
                r = read_chunks(c, start + done, buffer, piece);
                if (r)
                        return r;
                if (done + piece == size && n % 8 && buffer[piece - 1] >> n % 8)
                        return PV_E_BAD_PRESENT;
                present += bits_set(buffer, piece);
        }
        if (present == 0)
                return PV_E_BAD_PRESENT;
        *ret_present = present;
        return 0;
}

/* CPUs may come and go meanwhile: a reading counts when the generation is the same before and after. */
static int
read_present(FwcfgConsumer *c, Header header, uint8_t *bitmap, uint32_t *ret_present)
{
        for (uint32_t i = 0; i < MAP_ATTEMPTS; i++) {
                Header again = {0};
                int r = read_bitmap(c, header.max_cpus, bitmap, ret_present);

                r = r ? r : read_header(c, &again);
                if (r)
                        return r;
                if (again.max_cpus != header.max_cpus)
                        return PV_E_CONTRADICTION;
                if (again.generation == header.generation)
                        return 0;
                header = again;
        }
        return PV_E_UNSTEADY;
}

/*
 * The count alone comes cheaper from NB_CPUS, where its 16 bits are enough. Where they are not, the caller's
 * bitmap serves as a buffer unless it already tells something.
 */
static int
read_presence(FwcfgConsumer *c, Header header, uint32_t wanted, PvView *view, uint32_t *ret_present)
{
        bool spare = !(view->facets & PV_FACET_PRESENT_SET) && view->capacity >= header.max_cpus;

        if (wanted & PV_FACET_PRESENT_SET)
                return read_present(c, header, view->present, ret_present);
        if (!(wanted & PV_FACET_PRESENT_COUNT))
                return 0;
        if (header.max_cpus <= FWCFG_NB_CPUS_LIMIT)
                return fwcfg_read_nb_cpus(c, header.max_cpus, ret_present);
        return read_present(c, header, spare ? view->present : NULL, ret_present);
}

int
fwcfg_view_from_map(FwcfgConsumer *c, uint32_t wanted, PvView *view)
{
        uint32_t present = 0;
        Header header;
        int r = read_header(c, &header);

        r = r ? r : settle_count(view, wanted, header.max_cpus);
        if (r)
                return r;
        if (wanted & PV_FACET_APIC_ID)
                r = read_ids(c, header.max_cpus, view);
        r = r ? r : read_presence(c, header, wanted, view, &present);
        if (r)
                return r;
        if (wanted & PV_FACET_POSSIBLE_COUNT)
                view->possible = header.max_cpus;
        if (wanted & PV_FACET_PRESENT_COUNT)
                view->present_count = present;
        view->facets |= wanted;
        return 0;
}
