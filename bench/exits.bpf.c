/* SPDX-License-Identifier: MIT */
/*
 * Counts what KVM does for one process and its children. Raw tracepoints: their arguments are few and
 * settled, and they need no tracefs. Kernel types are declared by hand, with the members that are read; CO-RE
 * finds those in the running kernel.
 */
#include <stdbool.h>
#include <stdint.h>

/* What libbpf's headers want of the kernel's. */
typedef uint8_t __u8;
typedef uint16_t __u16;
typedef int32_t __s32;
typedef uint32_t __u32;
typedef int64_t __s64;
typedef uint64_t __u64;
typedef uint16_t __be16;
typedef uint32_t __be32;
typedef uint32_t __wsum;
enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_PERCPU_ARRAY = 6, BPF_MAP_TYPE_RINGBUF = 27 };
enum { BPF_ANY, BPF_NOEXIST };

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "bench/exits-shared.h"

#define NR_IOCTL 16
#define KVM_RUN 0xae80
#define KVM_EXIT_IO 2
#define KVM_EXIT_MMIO 6
#define MMIO_READ 1
#define MMIO_WRITE 2

struct bpf_raw_tracepoint_args {
        uint64_t args[8];
};

struct bpf_pidns_info {
        uint32_t pid, tgid;
};

#define KERNEL __attribute__((preserve_access_index))

struct pt_regs {
        unsigned long si, di;
} KERNEL;

struct kvm_vcpu {
        struct kvm_run *run;
} KERNEL;

struct file {
        void *private_data;
} KERNEL;

struct fdtable {
        unsigned max_fds;
        struct file **fd;
} KERNEL;

struct files_struct {
        struct fdtable *fdt;
} KERNEL;

struct task_struct {
        int tgid;
        struct files_struct *files;
} KERNEL;

/* User space sees struct kvm_run, so nothing in it moves: no CO-RE. What an exit is about begins here. */
#define RUN_EXIT_OFFSET 32
struct run_io {
        uint8_t direction, size;
        uint16_t port;
        uint32_t count;
};
struct run_mmio {
        uint64_t address;
        uint8_t data[8];
        uint32_t length;
        uint8_t is_write;
};

/* ---- settings, and what the reader may change at any time ---- */

const volatile uint32_t process;             /* as its user names it, in the PID namespace below */
const volatile uint64_t ns_device, ns_inode; /* 0: the first namespace */
const volatile bool wants_values;
const volatile uint8_t wanted_port[PV_EXITS_PORTS / 8];
uint32_t tag;
uint64_t lost; /* for want of room */

/* ---- maps ---- */

struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 4096);
        __type(key, uint32_t); /* in the first PID namespace */
        __type(value, uint8_t);
} processes SEC(".maps");

struct thread {
        struct kvm_run *run;
        uint64_t left;          /* when KVM_RUN came back; 0: it does not matter */
        PvExitsTimesKey access; /* for which */
};

struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 4096);
        __type(key, uint32_t);
        __type(value, struct thread);
} threads SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 16384);
        __type(key, PvExitsKey);
        __type(value, PvExitsNumber);
} numbers SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 4096);
        __type(key, PvExitsTimesKey);
        __type(value, PvExitsHistogram);
} times SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_RINGBUF);
        __uint(max_entries, 4 << 20);
} values SEC(".maps");

struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, 1);
        __type(key, uint32_t);
        __type(value, PvExitsValue);
} scratch SEC(".maps");

/* ---- whose thread is this ---- */

/* The running thread, as the user numbers it; 0: it belongs to somebody else. */
static uint32_t
thread_of_ours(void)
{
        uint64_t id = bpf_get_current_pid_tgid();
        uint32_t tgid = id >> 32;
        bool known = bpf_map_lookup_elem(&processes, &tgid);
        struct bpf_pidns_info inner = {0};
        uint8_t yes = 1;

        if (!ns_inode || bpf_get_ns_current_pid_tgid(ns_device, ns_inode, &inner, sizeof inner))
                return known ? (uint32_t) id : 0;
        if (!known && inner.tgid != process)
                return 0;
        if (!known)
                bpf_map_update_elem(&processes, &tgid, &yes, BPF_ANY);
        return inner.pid;
}

SEC("raw_tp/sched_process_fork")
int
on_fork(struct bpf_raw_tracepoint_args *ctx)
{
        struct task_struct *child = (void *) ctx->args[1];
        uint32_t tgid = BPF_CORE_READ(child, tgid);
        uint8_t yes = 1;

        if (thread_of_ours())
                bpf_map_update_elem(&processes, &tgid, &yes, BPF_ANY);
        return 0;
}

/* ---- counting ---- */

static void
count(const PvExitsKey *key, bool user)
{
        PvExitsNumber none = {0}, *number = bpf_map_lookup_elem(&numbers, key);

        if (!number) {
                bpf_map_update_elem(&numbers, key, &none, BPF_NOEXIST);
                number = bpf_map_lookup_elem(&numbers, key);
        }
        if (!number)
                __sync_fetch_and_add(&lost, 1);
        else
                __sync_fetch_and_add(user ? &number->user : &number->seen, 1);
}

static void
note_time(struct thread *thread)
{
        PvExitsTimesKey key = thread->access;
        uint64_t ns = bpf_ktime_get_ns() - thread->left, rest = ns;
        PvExitsHistogram none = {0}, *histogram = bpf_map_lookup_elem(&times, &key);
        uint32_t i = 0;

        thread->left = 0;
        if (!histogram) {
                bpf_map_update_elem(&times, &key, &none, BPF_NOEXIST);
                histogram = bpf_map_lookup_elem(&times, &key);
        }
        if (!histogram)
                return;
        while (i < PV_EXITS_BUCKETS - 1 && (rest >>= 1))
                i++;
        __sync_fetch_and_add(&histogram->n, 1);
        __sync_fetch_and_add(&histogram->total_ns, ns);
        __sync_fetch_and_add(&histogram->bucket[i & (PV_EXITS_BUCKETS - 1)], 1);
        if (ns > histogram->max_ns)
                histogram->max_ns = ns; /* of two threads at the same moment, either may win */
}

static void
send_value(const PvExitsKey *key, const void *data)
{
        uint64_t n = (uint64_t) key->width * key->units; /* 32 bits lose the verifier its bound */
        uint32_t zero = 0;
        PvExitsValue *value = bpf_map_lookup_elem(&scratch, &zero);

        if (!value || key->address >= PV_EXITS_PORTS)
                return;
        if (!(wanted_port[key->address / 8] >> key->address % 8 & 1))
                return;
        if (n > PV_EXITS_DATA_MAX) {
                __sync_fetch_and_add(&lost, 1);
                return;
        }
        value->port = key->address;
        value->kind = key->kind;
        value->width = key->width;
        value->units = key->units;
        if (bpf_probe_read_kernel(value->data, n, data) ||
            bpf_ringbuf_output(&values, value, sizeof *value - PV_EXITS_DATA_MAX + n, 0))
                __sync_fetch_and_add(&lost, 1);
}

/* ---- KVM ---- */

/* A write is seen before KVM_RUN comes back, a read when the next KVM_RUN completes it. */
SEC("raw_tp/kvm_pio")
int
on_pio(struct bpf_raw_tracepoint_args *ctx)
{
        uint32_t id = thread_of_ours();
        PvExitsKey key = {.address = ctx->args[1],
                          .thread = id,
                          .tag = tag,
                          .units = ctx->args[3],
                          .kind = ctx->args[0] ? PV_EXITS_PIO_OUT : PV_EXITS_PIO_IN,
                          .width = ctx->args[2]};
        struct thread *thread;

        if (!id)
                return 0;
        count(&key, false);
        if (wants_values)
                send_value(&key, (const void *) ctx->args[4]);
        thread = bpf_map_lookup_elem(&threads, &id);
        if (thread && thread->left && thread->access.kind == PV_EXITS_PIO_IN && key.kind == PV_EXITS_PIO_IN)
                note_time(thread);
        return 0;
}

/* By page: a frame buffer has too many addresses. A read that user space must answer comes twice. */
SEC("raw_tp/kvm_mmio")
int
on_mmio(struct bpf_raw_tracepoint_args *ctx)
{
        uint32_t id = thread_of_ours();
        PvExitsKey key = {.address = ctx->args[2] & ~4095ull,
                          .thread = id,
                          .tag = tag,
                          .units = 1,
                          .kind = ctx->args[0] == MMIO_WRITE ? PV_EXITS_MMIO_WRITE : PV_EXITS_MMIO_READ,
                          .width = ctx->args[1]};

        if (id && (ctx->args[0] == MMIO_READ || ctx->args[0] == MMIO_WRITE))
                count(&key, false);
        return 0;
}

static void
left_by_io(struct thread *thread, PvExitsKey *key)
{
        struct run_io io;

        if (bpf_probe_read_kernel(&io, sizeof io, (char *) thread->run + RUN_EXIT_OFFSET))
                return;
        key->kind = io.direction ? PV_EXITS_PIO_OUT : PV_EXITS_PIO_IN;
        key->address = io.port;
        key->width = io.size;
        key->units = io.count;
        count(key, true);
        thread->access.port = io.port;
        thread->access.kind = key->kind;
        thread->access.width = io.size;
        thread->access.string = io.count > 1;
        thread->left = bpf_ktime_get_ns();
}

static void
left_by_mmio(struct thread *thread, PvExitsKey *key)
{
        struct run_mmio mmio;

        if (bpf_probe_read_kernel(&mmio, sizeof mmio, (char *) thread->run + RUN_EXIT_OFFSET))
                return;
        key->kind = mmio.is_write ? PV_EXITS_MMIO_WRITE : PV_EXITS_MMIO_READ;
        key->address = mmio.address & ~4095ull;
        key->width = mmio.length;
        key->units = 1;
        count(key, true);
}

/* With an error, the reason is that of some earlier exit. */
SEC("raw_tp/kvm_userspace_exit")
int
on_userspace_exit(struct bpf_raw_tracepoint_args *ctx)
{
        uint32_t id = thread_of_ours(), reason = ctx->args[0];
        int error = ctx->args[1];
        PvExitsKey key = {.address = error < 0 ? 0 : reason,
                          .thread = id,
                          .tag = tag,
                          .units = error < 0 ? -error : 0,
                          .kind = PV_EXITS_USERSPACE};
        struct thread *thread;

        if (!id)
                return 0;
        count(&key, true);
        thread = bpf_map_lookup_elem(&threads, &id);
        if (!thread)
                return 0;
        thread->left = 0;
        if (error >= 0 && reason == KVM_EXIT_IO)
                left_by_io(thread, &key);
        else if (error >= 0 && reason == KVM_EXIT_MMIO)
                left_by_mmio(thread, &key);
        return 0;
}

static struct kvm_run *
run_of(unsigned long fd)
{
        struct task_struct *task = (void *) bpf_get_current_task();
        struct fdtable *table = BPF_CORE_READ(task, files, fdt);
        struct file **slot = BPF_CORE_READ(table, fd), *file;
        struct kvm_vcpu *vcpu;

        if (fd >= BPF_CORE_READ(table, max_fds) || bpf_probe_read_kernel(&file, sizeof file, slot + fd))
                return 0;
        vcpu = BPF_CORE_READ(file, private_data);
        return BPF_CORE_READ(vcpu, run);
}

/* Into KVM_RUN: the answer to a write ends here, and this is where a thread's kvm_run can be found. */
SEC("raw_tp/sys_enter")
int
on_syscall(struct bpf_raw_tracepoint_args *ctx)
{
        struct pt_regs *regs = (void *) ctx->args[0];
        struct thread *thread, fresh = {0};
        uint32_t id;

        if (ctx->args[1] != NR_IOCTL || BPF_CORE_READ(regs, si) != KVM_RUN || !(id = thread_of_ours()))
                return 0;
        fresh.run = run_of(BPF_CORE_READ(regs, di));
        thread = bpf_map_lookup_elem(&threads, &id);
        if (!thread) {
                bpf_map_update_elem(&threads, &id, &fresh, BPF_ANY);
                return 0;
        }
        thread->run = fresh.run;
        if (thread->left && thread->access.kind == PV_EXITS_PIO_OUT)
                note_time(thread);
        return 0;
}

static int
note_switch(PvExitsKind kind)
{
        uint32_t id = thread_of_ours();
        PvExitsKey key = {.thread = id, .tag = tag, .units = 1, .kind = kind};

        if (id)
                count(&key, false);
        return 0;
}

SEC("raw_tp/kvm_entry")
int
on_entry(void *ctx)
{
        return note_switch(PV_EXITS_GUEST_ENTRY);
}

SEC("raw_tp/kvm_exit")
int
on_exit(void *ctx)
{
        return note_switch(PV_EXITS_GUEST_EXIT);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
