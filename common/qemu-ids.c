/* SPDX-License-Identifier: MIT */
/* Independent truth of APIC IDs: started once per machine, asked by QOM, cached. */
#include "common/qemu-ids.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/qemu-host.h"
#include "common/qemu.h"
#include "common/qtest.h"
#include "common/scratch.h"

#define PATIENCE_MS 10000u
#define PATIENCE_PER_CPU_MS 100u
#define PATIENCE_LIMIT_S 3600.0

unsigned
pv_qemu_patience_ms(uint32_t cpus)
{
        const char *text = g_getenv("PVABI_QTEST_TIMEOUT");
        double seconds = text ? g_ascii_strtod(text, NULL) : 0;

        if (seconds > 0)
                return MAX((unsigned) (MIN(seconds, PATIENCE_LIMIT_S) * 1000), 1);
        return PATIENCE_MS + PATIENCE_PER_CPU_MS * cpus;
}

/* What decides the IDs: the program (a new one may have the old path), the machine type, the levels. */
static char *
cache_key(const char *binary, const char *type, const PvTopology *t)
{
        g_autofree char *path = g_find_program_in_path(binary), *text = NULL;
        struct stat st = {0};

        if (path && stat(path, &st))
                memset(&st, 0, sizeof st);
        text = g_strdup_printf("%s|%lld|%lld.%09ld|%s|%u|%u|%u|%u|%u", path ? path : binary,
                               (long long) st.st_size, (long long) st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
                               type, t->max_cpus, t->sockets, t->dies, t->cores, t->threads);
        return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static char *
cache_path(const char *key)
{
        const char *asked = g_getenv("PVABI_TRUTH_CACHE");
        const char *folder = asked ? asked : pv_scratch_entered(); /* a sibling is asked once per run */
        g_autofree char *leaf = g_strdup_printf("apic-ids-%s", key);

        return folder && *folder ? g_build_filename(folder, leaf, NULL) : NULL;
}

/* n + 1 lines, the last one empty. */
static gboolean
parse_ids(char **lines, uint32_t n, uint32_t *ids)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

        for (uint32_t i = 0; i < n; i++) {
                guint64 id;

                if (!g_ascii_string_to_unsigned(lines[i], 10, 0, G_MAXUINT32 - 1, &id, NULL) ||
                    !g_hash_table_add(seen, GSIZE_TO_POINTER((gsize) id)))
                        return FALSE;
                ids[i] = (uint32_t) id;
        }
        return !*lines[n];
}

/* NULL for a file that is missing or not exactly n different numbers, one a line: it is made again. */
static uint32_t *
cache_read(const char *path, uint32_t n)
{
        g_autofree char *text = NULL;
        g_autofree uint32_t *ids = g_new0(uint32_t, n);
        g_auto(GStrv) lines = NULL;

        if (!path || !g_file_get_contents(path, &text, NULL, NULL))
                return NULL;
        lines = g_strsplit(text, "\n", -1);
        return g_strv_length(lines) == n + 1 && parse_ids(lines, n, ids) ? g_steal_pointer(&ids) : NULL;
}

/* Other processes may do the same at this moment: the last one wins, and all say the same. */
static void
cache_write(const char *path, const uint32_t *ids, uint32_t n)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;
        g_autoptr(GError) cause = NULL;

        if (!path)
                return;
        for (uint32_t i = 0; i < n; i++)
                g_string_append_printf(text, "%u\n", ids[i]);
        g_mkdir_with_parents(folder, 0700);
        if (!g_file_set_contents_full(path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                      0600, &cause))
                g_printerr("pvabi: APIC IDs are not cached: %s\n", cause->message);
}

static uint32_t *
ask_monitor(int fd, uint32_t n, unsigned patience, GError **error)
{
        g_autoptr(PvQmp) qmp = pv_qmp_new(fd, MIN(patience, PV_QTEST_ANSWER_MS));

        return pv_qmp_handshake(qmp, patience, error) ? pv_qemu_host_read_apic_ids(qmp, n, error) : NULL;
}

static uint32_t *
ask_sibling(const char *binary, const char *type, const PvTopology *topology, GError **error)
{
        unsigned patience = pv_qemu_patience_ms(topology->max_cpus);
        g_autoptr(PvQemu) qemu = pv_qemu_new(binary, error);
        PvTopology full = *topology;
        int qtest_fd, qmp_fd;
        uint32_t *ids;

        full.cpus = full.max_cpus;
        if (!qemu)
                return NULL;
        pv_qemu_add_machine(qemu, type, "tcg", &full);
        if (!pv_qemu_start(qemu, patience, &qtest_fd, &qmp_fd, error))
                return NULL;
        ids = ask_monitor(qmp_fd, full.max_cpus, patience, error);
        if (!ids)
                pv_qemu_quote(qemu, error);
        close(qtest_fd);
        return ids;
}

uint32_t *
pv_qemu_ids(const char *binary, const char *machine_type, const PvTopology *topology, GError **error)
{
        static GMutex mutex;
        static GHashTable *known; /* key -> IDs; siblings are dear, and a process asks for few */
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&mutex);
        g_autofree char *key = cache_key(binary, machine_type, topology), *path = cache_path(key);
        uint32_t n = topology->max_cpus, *ids;

        (void) locker;
        if (!known)
                known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        ids = g_hash_table_lookup(known, key);
        if (ids)
                return g_memdup2(ids, n * sizeof *ids);
        ids = cache_read(path, n);
        if (!ids) {
                ids = ask_sibling(binary, machine_type, topology, error);
                if (!ids)
                        return NULL;
                cache_write(path, ids, n);
        }
        g_hash_table_insert(known, g_steal_pointer(&key), ids);
        return g_memdup2(ids, n * sizeof *ids);
}
