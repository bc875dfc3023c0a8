/* SPDX-License-Identifier: MIT */
/* A guest of a few instructions: its VMM and BPF must count the same. 77: cannot run here. */
#undef NDEBUG
#include <assert.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/exits.h"

#define RAM_SIZE 0x10000u
#define N_IN 300u
#define N_OUT 200u
#define N_STRING 4096u
#define N_MMIO 20u

/* In real mode: byte reads, dword writes, one string read, reads of an address without RAM, and the end. */
static const uint8_t guest[] = {
        0xba, 0xd8, 0x0c, 0xb9, N_IN & 0xff, N_IN >> 8,         /* mov dx, 0xcd8; mov cx */
        0xec, 0xe2, 0xfd,                                       /* in al, dx; loop */
        0xba, 0xdc, 0x0c, 0xb9, N_OUT & 0xff, N_OUT >> 8,       /* mov dx, 0xcdc; mov cx */
        0x66, 0xef, 0xe2, 0xfc,                                 /* out dx, eax; loop */
        0xba, 0x11, 0x05, 0xbf, 0x00, 0x20,                     /* mov dx, 0x511; mov di, 0x2000 */
        0xb9, N_STRING & 0xff, N_STRING >> 8, 0xfc, 0xf3, 0x6c, /* mov cx; cld; rep insb */
        0xb8, 0x00, 0xe0, 0x8e, 0xd8, 0xb9, N_MMIO, 0x00,       /* mov ds, 0xe000; mov cx */
        0xa0, 0x00, 0x00, 0xe2, 0xfb, 0xf4,                     /* mov al, [0]; loop; hlt */
};

typedef struct Vmm {
        guint64 in, out, strings, string_bytes, mmio, exits;
        guint8 next; /* what the next read answers */
} Vmm;

static void
answer(Vmm *vmm, struct kvm_run *run)
{
        uint8_t *data = (uint8_t *) run + run->io.data_offset;

        if (run->io.direction == KVM_EXIT_IO_OUT) {
                vmm->out++;
                return;
        }
        for (unsigned i = 0; i < run->io.count * run->io.size; i++)
                data[i] = vmm->next++;
        if (run->io.port == 0x511) {
                vmm->strings++;
                vmm->string_bytes += run->io.count;
        } else {
                vmm->in++;
        }
}

static void
run_until_halt(Vmm *vmm, int vcpu, struct kvm_run *run)
{
        do {
                assert(ioctl(vcpu, KVM_RUN, 0) == 0);
                vmm->exits++;
                if (run->exit_reason == KVM_EXIT_IO)
                        answer(vmm, run);
                else if (run->exit_reason == KVM_EXIT_MMIO)
                        vmm->mmio++;
                else
                        assert(run->exit_reason == KVM_EXIT_HLT);
        } while (run->exit_reason != KVM_EXIT_HLT);
}

/* From nothing to the guest's hlt. */
static Vmm
run_guest(void)
{
        int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm = ioctl(kvm, KVM_CREATE_VM, 0);
        int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0), size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
        uint8_t *ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        struct kvm_userspace_memory_region region = {.memory_size = RAM_SIZE, .userspace_addr = (gsize) ram};
        struct kvm_run *run = mmap(NULL, (size_t) size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
        struct kvm_regs regs = {.rip = 0x1000, .rflags = 2};
        struct kvm_sregs sregs;
        Vmm vmm = {0};

        memcpy(ram + 0x1000, guest, sizeof guest);
        assert(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) == 0);
        assert(ioctl(vcpu, KVM_GET_SREGS, &sregs) == 0);
        sregs.cs.base = sregs.cs.selector = 0;
        assert(ioctl(vcpu, KVM_SET_SREGS, &sregs) == 0 && ioctl(vcpu, KVM_SET_REGS, &regs) == 0);
        run_until_halt(&vmm, vcpu, run);
        munmap(run, (size_t) size);
        munmap(ram, RAM_SIZE);
        close(vcpu);
        close(vm);
        close(kvm);
        return vmm;
}

/* ---- what BPF says ---- */

typedef struct Sum {
        guint64 seen, user, units; /* units: of what was seen */
} Sum;

static Sum
sum(const GArray *counts, PvExitsKind kind, guint64 address, guint width, guint32 tag)
{
        Sum sum = {0};

        for (guint i = 0; i < counts->len; i++) {
                const PvExitsCount *count = &g_array_index(counts, PvExitsCount, i);

                if (count->key.kind != kind || count->key.width != width || count->key.tag != tag)
                        continue;
                if (kind != PV_EXITS_USERSPACE && count->key.address != address)
                        continue;
                sum.seen += count->number.seen;
                sum.user += count->number.user;
                sum.units += count->number.seen * count->key.units;
        }
        return sum;
}

static void
must_equal(const GArray *counts, const Vmm *vmm, guint32 tag)
{
        Sum in = sum(counts, PV_EXITS_PIO_IN, 0xcd8, 1, tag);
        Sum out = sum(counts, PV_EXITS_PIO_OUT, 0xcdc, 4, tag);
        Sum string = sum(counts, PV_EXITS_PIO_IN, 0x511, 1, tag);
        Sum mmio = sum(counts, PV_EXITS_MMIO_READ, 0xe0000, 1, tag);

        assert(vmm->in == N_IN && in.seen == N_IN && in.user == N_IN);
        assert(vmm->out == N_OUT && out.seen == N_OUT && out.user == N_OUT);
        assert(vmm->string_bytes == N_STRING && string.units == N_STRING);
        assert(string.seen == vmm->strings && string.user == vmm->strings);
        assert(vmm->mmio == N_MMIO && mmio.user == N_MMIO);
        assert(sum(counts, PV_EXITS_USERSPACE, 0, 0, tag).user == vmm->exits);
}

static void
test_own_process_by_tag(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(PvExits) exits = pv_exits_open(0, NULL, &error);
        g_autoptr(GArray) counts = NULL, none = NULL;
        Vmm first, second;

        assert(exits);
        pv_exits_tag(exits, 7);
        first = run_guest();
        pv_exits_tag(exits, 8);
        second = run_guest();
        counts = pv_exits_counts(exits);
        must_equal(counts, &first, 7);
        must_equal(counts, &second, 8);
        for (guint i = 0; i < counts->len; i++)
                assert(g_array_index(counts, PvExitsCount, i).key.thread == (guint32) syscall(SYS_gettid));
        assert(pv_exits_lost(exits) == 0);
        pv_exits_reset(exits);
        none = pv_exits_counts(exits);
        assert(none->len == 0);
        pv_exits_pause(exits);
        run_guest();
        assert(pv_exits_resume(exits, NULL));
        first = run_guest();
        g_array_unref(counts);
        counts = pv_exits_counts(exits);
        must_equal(counts, &first, 8); /* of the one before it nothing */
}

static guint64
n_in_buckets(const PvExitsHistogram *histogram)
{
        guint64 n = 0;

        for (guint i = 0; i < PV_EXITS_BUCKETS; i++)
                n += histogram->bucket[i];
        return n;
}

/* Every access but each direction's edges is timed: in and out apart, and with as many as there were. */
static void
must_be_timed(const GArray *times, const Vmm *vmm)
{
        const struct {
                PvExitsTimesKey key;
                guint64 n;
        } expected[] = {
                {{0x511, PV_EXITS_PIO_IN, 1, TRUE}, vmm->strings},
                {{0xcd8, PV_EXITS_PIO_IN, 1, FALSE}, vmm->in},
                {{0xcdc, PV_EXITS_PIO_OUT, 4, FALSE}, vmm->out},
        };

        assert(times->len == G_N_ELEMENTS(expected));
        for (guint i = 0; i < times->len; i++) {
                const PvExitsTimes *t = &g_array_index(times, PvExitsTimes, i);

                assert(memcmp(&t->key, &expected[i].key, sizeof t->key) == 0);
                assert(t->histogram.n == expected[i].n && n_in_buckets(&t->histogram) == expected[i].n);
                assert(t->histogram.total_ns >= t->histogram.max_ns && t->histogram.max_ns > 0);
        }
}

/* A child of the traced process counts as well, and nobody else's exits do. */
static void
test_other_process(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(PvExits) exits = NULL;
        g_autoptr(GArray) counts = NULL, times = NULL;
        int go[2], done[2];
        Vmm vmm;
        pid_t pid;

        assert(pipe(go) == 0 && pipe(done) == 0);
        pid = fork();
        if (pid == 0) {
                char c;

                assert(read(go[0], &c, 1) == 1);
                if (fork() == 0) {
                        vmm = run_guest();
                        _exit(write(done[1], &vmm, sizeof vmm) != sizeof vmm);
                }
                wait(NULL);
                _exit(0);
        }
        exits = pv_exits_open(pid, NULL, &error);
        assert(exits);
        run_guest(); /* ours: not theirs */
        assert(write(go[1], "g", 1) == 1 && read(done[0], &vmm, sizeof vmm) == sizeof vmm);
        assert(waitpid(pid, NULL, 0) == pid);
        counts = pv_exits_counts(exits);
        must_equal(counts, &vmm, 0);
        times = pv_exits_times(exits);
        must_be_timed(times, &vmm);
        for (int i = 0; i < 2; i++) {
                close(go[i]);
                close(done[i]);
        }
}

/* ---- values ---- */

typedef struct Values {
        guint64 in, out;
        guint8 next;
} Values;

static gboolean
wants(guint16 port)
{
        return port == 0x511 || port == 0xcd8;
}

static void
take(void *data, const PvExitsValue *value)
{
        Values *values = data;

        assert(wants((guint16) value->port));
        if (value->kind == PV_EXITS_PIO_OUT)
                values->out++;
        else
                for (guint i = 0; i < value->width * value->units; i++, values->in++)
                        assert(value->data[i] == values->next++);
}

static void
test_values(void)
{
        g_autoptr(GError) error = NULL;
        Values values = {0};
        const PvExitsWatch watch = {.wants = wants, .value = take, .data = &values};
        g_autoptr(PvExits) exits = pv_exits_open(0, &watch, &error);

        assert(exits);
        run_guest();
        assert(pv_exits_poll(exits) && pv_exits_lost(exits) == 0);
        assert(values.in == N_IN + N_STRING && values.out == 0);
}

int
main(void)
{
        g_autofree char *why = pv_exits_missing();

        if (!why && access("/dev/kvm", R_OK | W_OK) != 0)
                why = g_strdup("/dev/kvm cannot be used");
        if (why) {
                puts(why);
                return 77;
        }
        test_own_process_by_tag();
        test_other_process();
        test_values();
        return 0;
}
