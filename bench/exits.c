/* SPDX-License-Identifier: MIT */
/* Loads the BPF programs, and reads their maps. */
#include "bench/exits.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/error.h"
#include "exits.skel.h"

#define FIRST_PID_NAMESPACE 0xeffffffcu /* its inode, in every kernel */

struct PvExits {
        struct exits_bpf *bpf;
        struct ring_buffer *ring; /* NULL: no values wanted */
        PvExitsWatch watch;
};

static gboolean
blocked(GError **error, const char *what, int errnum, const char *advice)
{
        g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED, "VM exits cannot be counted: %s: %s; %s", what,
                    g_strerror(errnum), advice);
        return FALSE;
}

static const char *
advice_for(int errnum)
{
        if (errnum == EPERM)
                return "run as root, or with CAP_BPF and CAP_PERFMON";
        if (errnum == ENOENT)
                return "load KVM: modprobe kvm_intel or kvm_amd";
        return "this needs Linux 5.8 on x86-64 with CONFIG_DEBUG_INFO_BTF";
}

/* ---- open ---- */

static void
set_process(struct exits_bpf *bpf, pid_t pid)
{
        struct stat space;

        bpf->rodata->process = (uint32_t) (pid ? pid : getpid());
        if (stat("/proc/self/ns/pid", &space) < 0 || space.st_ino == FIRST_PID_NAMESPACE)
                return;
        bpf->rodata->ns_device = space.st_dev;
        bpf->rodata->ns_inode = space.st_ino;
}

static void
set_watch(struct exits_bpf *bpf, const PvExitsWatch *watch)
{
        bpf->rodata->wants_values = watch->wants != NULL;
        for (guint port = 0; watch->wants && port < PV_EXITS_PORTS; port++)
                if (watch->wants((guint16) port))
                        bpf->rodata->wanted_port[port / 8] |= (uint8_t) (1u << port % 8);
}

static gboolean
load(PvExits *exits, pid_t pid, GError **error)
{
        const uint8_t yes = 1;
        uint32_t process;
        int r;

        exits->bpf = exits_bpf__open();
        if (!exits->bpf)
                return blocked(error, "libbpf does not take the program", errno, advice_for(errno));
        set_process(exits->bpf, pid);
        set_watch(exits->bpf, &exits->watch);
        r = exits_bpf__load(exits->bpf);
        if (r < 0)
                return blocked(error, "the kernel does not load a BPF program", -r, advice_for(-r));
        process = exits->bpf->rodata->process;
        if (!exits->bpf->rodata->ns_inode)
                bpf_map_update_elem(bpf_map__fd(exits->bpf->maps.processes), &process, &yes, BPF_ANY);
        return TRUE;
}

/* Without the first group nothing can be said; the others tell more where the kernel has them. */
static gboolean
attach(struct exits_bpf *bpf, GError **error)
{
        const struct {
                struct bpf_program *program;
                struct bpf_link **link;
                const char *name;
                gboolean needed;
        } point[] = {
                {bpf->progs.on_pio, &bpf->links.on_pio, "kvm_pio", TRUE},
                {bpf->progs.on_userspace_exit, &bpf->links.on_userspace_exit, "kvm_userspace_exit", TRUE},
                {bpf->progs.on_syscall, &bpf->links.on_syscall, "sys_enter", TRUE},
                {bpf->progs.on_fork, &bpf->links.on_fork, "sched_process_fork", TRUE},
                {bpf->progs.on_mmio, &bpf->links.on_mmio, "kvm_mmio", FALSE},
                {bpf->progs.on_entry, &bpf->links.on_entry, "kvm_entry", FALSE},
                {bpf->progs.on_exit, &bpf->links.on_exit, "kvm_exit", FALSE},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(point); i++) {
                struct bpf_link *link = bpf_program__attach(point[i].program);
                int errnum = errno;
                g_autofree char *what = g_strdup_printf("no tracepoint %s", point[i].name);

                if (link)
                        *point[i].link = link;
                else if (point[i].needed)
                        return blocked(error, what, errnum, advice_for(errnum));
        }
        return TRUE;
}

static int
take_value(void *data, void *value, size_t n)
{
        const PvExits *exits = data;

        (void) n;
        exits->watch.value(exits->watch.data, value);
        return 0;
}

static gboolean
listen_for_values(PvExits *exits, GError **error)
{
        if (!exits->watch.wants)
                return TRUE;
        exits->ring = ring_buffer__new(bpf_map__fd(exits->bpf->maps.values), take_value, exits, NULL);
        return exits->ring || blocked(error, "no ring buffer", errno, advice_for(errno));
}

PvExits *
pv_exits_open(pid_t pid, const PvExitsWatch *watch, GError **error)
{
        g_autoptr(PvExits) exits = g_new0(PvExits, 1);

        if (watch)
                exits->watch = *watch;
        libbpf_set_print(NULL); /* an error is one line, and ours */
        if (!load(exits, pid, error) || !listen_for_values(exits, error) || !attach(exits->bpf, error))
                return NULL;
        return g_steal_pointer(&exits);
}

void
pv_exits_pause(PvExits *exits)
{
        exits_bpf__detach(exits->bpf);
}

gboolean
pv_exits_resume(PvExits *exits, GError **error)
{
        return attach(exits->bpf, error);
}

void
pv_exits_free(PvExits *exits)
{
        if (!exits)
                return;
        ring_buffer__free(exits->ring);
        exits_bpf__destroy(exits->bpf);
        g_free(exits);
}

char *
pv_exits_missing(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(PvExits) exits = pv_exits_open(0, NULL, &error);

        return exits ? NULL : g_strdup(error->message);
}

/* ---- what was counted ---- */

void
pv_exits_tag(PvExits *exits, guint32 tag)
{
        __atomic_store_n(&exits->bpf->bss->tag, tag, __ATOMIC_SEQ_CST);
}

static void
empty(const struct bpf_map *map)
{
        guint8 key[64];

        guint32 left = bpf_map__max_entries(map); /* a guest may fill it as fast */

        while (left-- && !bpf_map_get_next_key(bpf_map__fd(map), NULL, key))
                bpf_map_delete_elem(bpf_map__fd(map), key);
}

void
pv_exits_reset(PvExits *exits)
{
        empty(exits->bpf->maps.numbers);
        empty(exits->bpf->maps.times);
        __atomic_store_n(&exits->bpf->bss->lost, 0, __ATOMIC_SEQ_CST);
}

/* Every entry of a map, key and value one behind the other. */
static GArray *
entries(const struct bpf_map *map, GCompareFunc compare)
{
        int fd = bpf_map__fd(map);
        guint key_size = bpf_map__key_size(map), size = key_size + bpf_map__value_size(map);
        GArray *array = g_array_new(FALSE, TRUE, size);
        g_autofree char *entry = g_malloc0(size);

        guint left = bpf_map__max_entries(map);
        const char *last = NULL;

        for (; left-- && !bpf_map_get_next_key(fd, last, entry); last = entry)
                if (!bpf_map_lookup_elem(fd, entry, entry + key_size))
                        g_array_append_vals(array, entry, 1);
        g_array_sort(array, compare);
        return array;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int
compare_counts(gconstpointer a, gconstpointer b)
{
        const PvExitsKey *x = a, *y = b;
        const int by[] = {ORDER(x->kind, y->kind),   ORDER(x->address, y->address), ORDER(x->width, y->width),
                          ORDER(x->units, y->units), ORDER(x->thread, y->thread),   ORDER(x->tag, y->tag)};

        for (gsize i = 0; i < G_N_ELEMENTS(by); i++)
                if (by[i])
                        return by[i];
        return 0;
}

static guint64
rank(const PvExitsTimesKey *key)
{
        return (guint64) key->port << 48 | (guint64) key->kind << 32 | (guint64) key->width << 16 |
               key->string;
}

static int
compare_times(gconstpointer a, gconstpointer b)
{
        return ORDER(rank(a), rank(b));
}

GArray *
pv_exits_counts(PvExits *exits)
{
        return entries(exits->bpf->maps.numbers, compare_counts);
}

GArray *
pv_exits_times(PvExits *exits)
{
        return entries(exits->bpf->maps.times, compare_times);
}

guint64
pv_exits_lost(PvExits *exits)
{
        return __atomic_load_n(&exits->bpf->bss->lost, __ATOMIC_SEQ_CST);
}

gboolean
pv_exits_poll(PvExits *exits)
{
        return !exits->ring || ring_buffer__consume(exits->ring) >= 0;
}

int
pv_exits_fd(PvExits *exits)
{
        return exits->ring ? ring_buffer__epoll_fd(exits->ring) : -1;
}
