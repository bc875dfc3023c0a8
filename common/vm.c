/* SPDX-License-Identifier: MIT */
/* The loop around KVM_RUN. */
#include "common/vm.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "common/mailbox.h"
#include "common/ram.h"

#define HOLE_START 0xa0000u
#define HOLE_END 0x100000u

struct PvVm {
        PvBus *const *bus;
        uint8_t *memory;
        int kvm, vm, vcpu;
        struct kvm_run *run;
        gsize run_size;
        timer_t clock; /* ticks once a second */
        gboolean ticking;
        guint patience, ticks; /* seconds without an exit: at most, and so far */
        PvVmCounts counts;
        int ended; /* what pv_vm_run() answers from then on; 0: it lives */
        char *why;
};

/* What a machine of ours needs of KVM. */
static const struct {
        int capability;
        const char *name;
} needed[] = {
        {KVM_CAP_USER_MEMORY, "KVM_CAP_USER_MEMORY"},
        {KVM_CAP_DESTROY_MEMORY_REGION_WORKS, "KVM_CAP_DESTROY_MEMORY_REGION_WORKS"},
        {KVM_CAP_JOIN_MEMORY_REGIONS_WORKS, "KVM_CAP_JOIN_MEMORY_REGIONS_WORKS"},
};

static char *
lacking(int fd)
{
        int version = ioctl(fd, KVM_GET_API_VERSION, 0);

        if (version != KVM_API_VERSION)
                return g_strdup_printf("/dev/kvm speaks version %d of its API, not %d", version,
                                       KVM_API_VERSION);
        for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
                if (ioctl(fd, KVM_CHECK_EXTENSION, needed[i].capability) <= 0)
                        return g_strdup_printf("this kernel's KVM lacks %s", needed[i].name);
        return NULL;
}

char *
pv_vm_missing(void)
{
        int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
        char *why;

        if (fd < 0)
                return g_strdup_printf(
                        "/dev/kvm: %s; %s", g_strerror(errno),
                        errno == EACCES || errno == EPERM
                                ? "join the group kvm, or run as root"
                                : "load kvm_intel or kvm_amd, or turn on nested virtualization");
        why = lacking(fd);
        close(fd);
        return why;
}

uint32_t
pv_vm_max_cpus(void)
{
        int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC), n = 0;

        if (fd >= 0) {
                n = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
                close(fd);
        }
        return n > 0 ? (uint32_t) n : 1;
}

/* ---- set-up ---- */

static gboolean
failed(const char *what, GError **error)
{
        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                    "KVM: %s: %s; 'pvabi doctor' says what this machine has", what, g_strerror(errno));
        return FALSE;
}

static gboolean
add_memory(PvVm *vm, guint slot, guint64 start, guint64 end, GError **error)
{
        struct kvm_userspace_memory_region region = {
                .slot = slot,
                .guest_phys_addr = start,
                .memory_size = end - start,
                .userspace_addr = (guint64) (uintptr_t) vm->memory + start,
        };

        return ioctl(vm->vm, KVM_SET_USER_MEMORY_REGION, &region) == 0 || failed("memory is refused", error);
}

static gboolean
create(PvVm *vm, GError **error)
{
        int size;

        vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
        vm->vm = vm->kvm < 0 ? -1 : ioctl(vm->kvm, KVM_CREATE_VM, 0);
        if (vm->vm < 0)
                return failed("no machine can be made", error);
        /* Where hardware cannot run a guest without paging by itself, KVM needs three pages for it: above our
         * RAM. */
        ioctl(vm->vm, KVM_SET_TSS_ADDR, 0xfffbd000ul);
        if (!add_memory(vm, 0, 0, HOLE_START, error) || !add_memory(vm, 1, HOLE_END, PV_RAM_SIZE, error))
                return FALSE;
        vm->vcpu = ioctl(vm->vm, KVM_CREATE_VCPU, 0);
        size = vm->vcpu < 0 ? -1 : ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
        if (size < 0)
                return failed("no vCPU can be made", error);
        vm->run_size = (gsize) size;
        vm->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu, 0);
        return vm->run != MAP_FAILED || failed("the vCPU cannot be mapped", error);
}

/* Every loadable part of a 32-bit ELF to its address; the entry is that of its PVH note. */
static gboolean
load_image(PvVm *vm, const char *image, gsize n, guint32 *ret_entry, GError **error)
{
        const Elf32_Ehdr *head = (const Elf32_Ehdr *) image;
        gboolean ok = n >= sizeof *head && !memcmp(head->e_ident, ELFMAG, SELFMAG) &&
                      head->e_machine == EM_386 && head->e_phoff < n &&
                      (n - head->e_phoff) / sizeof(Elf32_Phdr) >= head->e_phnum;
        const Elf32_Phdr *part = ok ? (const Elf32_Phdr *) (image + head->e_phoff) : NULL;

        for (guint i = 0; ok && i < head->e_phnum; i++) {
                if (part[i].p_type != PT_LOAD)
                        continue;
                ok = part[i].p_offset <= n && part[i].p_filesz <= n - part[i].p_offset &&
                     part[i].p_paddr >= HOLE_END &&
                     (guint64) part[i].p_paddr + part[i].p_memsz <= PV_RAM_SIZE;
                if (ok)
                        memcpy(vm->memory + part[i].p_paddr, image + part[i].p_offset, part[i].p_filesz);
        }
        if (ok)
                *ret_entry = head->e_entry;
        else
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                            "the guest image is no 32-bit ELF that fits; build it anew");
        return ok;
}

/* As PVH has it: flat 32-bit protected mode, no paging. */
static gboolean
set_entry(PvVm *vm, guint32 entry, GError **error)
{
        struct kvm_segment flat = {
                .limit = 0xffffffff, .selector = 16, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1};
        struct kvm_regs regs = {.rip = entry, .rflags = 2};
        struct kvm_sregs sregs;

        if (ioctl(vm->vcpu, KVM_GET_SREGS, &sregs))
                return failed("the vCPU's state cannot be read", error);
        sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = sregs.cs = flat;
        sregs.cs.selector = 8;
        sregs.cs.type = 11;
        sregs.cr0 = 1;
        if (ioctl(vm->vcpu, KVM_SET_SREGS, &sregs) || ioctl(vm->vcpu, KVM_SET_REGS, &regs))
                return failed("the vCPU's state is refused", error);
        return TRUE;
}

/* A guest without exits is interrupted by nobody; so a clock ticks. Nothing else of this thread minds. */
static void
tick(int number)
{
        (void) number;
}

static gboolean
start_clock(PvVm *vm, GError **error)
{
        struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
        struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
        struct itimerspec every = {.it_interval = {.tv_sec = 1}, .it_value = {.tv_sec = 1}};

        event._sigev_un._tid = gettid();
        if (sigaction(SIGRTMIN, &action, NULL) || timer_create(CLOCK_MONOTONIC, &event, &vm->clock))
                return failed("no timer can be made", error);
        vm->ticking = TRUE;
        return timer_settime(vm->clock, 0, &every, NULL) == 0 || failed("no timer can be started", error);
}

PvVm *
pv_vm_new(PvBus *const *bus, void *memory, const char *image, gsize n, guint patience, GError **error)
{
        PvVm *vm = g_new0(PvVm, 1);
        guint32 entry;

        *vm = (PvVm){
                .bus = bus,
                .memory = memory,
                .kvm = -1,
                .vm = -1,
                .vcpu = -1,
                .run = MAP_FAILED,
                .patience = patience,
        };
        if (create(vm, error) && load_image(vm, image, n, &entry, error) && set_entry(vm, entry, error) &&
            start_clock(vm, error))
                return vm;
        pv_vm_free(vm);
        return NULL;
}

static void
close_fd(int fd)
{
        if (fd >= 0)
                close(fd);
}

void
pv_vm_free(PvVm *vm)
{
        if (!vm)
                return;
        if (vm->ticking)
                timer_delete(vm->clock);
        if (vm->run != MAP_FAILED)
                munmap(vm->run, vm->run_size);
        close_fd(vm->vcpu);
        close_fd(vm->vm);
        close_fd(vm->kvm);
        g_free(vm->why);
        g_free(vm);
}

/* ---- running ---- */

static int
end(PvVm *vm, const char *how)
{
        struct kvm_regs r = {0};

        ioctl(vm->vcpu, KVM_GET_REGS, &r);
        g_free(vm->why);
        vm->why = g_strdup_printf(
                "the guest %s: eip 0x%llx, eax 0x%llx, ebx 0x%llx, ecx 0x%llx, edx 0x%llx, esi 0x%llx, "
                "edi 0x%llx, esp 0x%llx, eflags 0x%llx",
                how, r.rip, r.rax, r.rbx, r.rcx, r.rdx, r.rsi, r.rdi, r.rsp, r.rflags);
        return PV_E_GONE;
}

/* One element of a port exit. */
static int
port_access(PvBus *bus, const struct kvm_run *run, uint8_t *data)
{
        uint64_t value = 0;
        int r;

        if (run->io.direction == KVM_EXIT_IO_OUT) {
                memcpy(&value, data, run->io.size);
                return bus->ops->write(bus, PV_SPACE_PIO, run->io.port, run->io.size, value);
        }
        r = bus->ops->read(bus, PV_SPACE_PIO, run->io.port, run->io.size, &value);
        memcpy(data, &value, run->io.size);
        return r;
}

/* Bytes of one port are one call: a device may have a faster way than byte by byte. */
static int
port_exit(PvVm *vm)
{
        const struct kvm_run *run = vm->run;
        uint8_t *data = (uint8_t *) vm->run + run->io.data_offset;
        gboolean in = run->io.direction == KVM_EXIT_IO_IN, string = in && run->io.count > 1;
        PvBus *bus = *vm->bus;
        int r = 0;

        pv_port_counts_add(&vm->counts.ports, run->io.port, run->io.size,
                           string ? PV_PORT_STRING
                           : in   ? PV_PORT_IN
                                  : PV_PORT_OUT,
                           run->io.count);
        if (string && run->io.size == 1)
                return bus->ops->read_string(bus, run->io.port, data, run->io.count);
        for (guint i = 0; !r && i < run->io.count; i++, data += run->io.size)
                r = port_access(bus, run, data);
        return r;
}

static int
mmio_exit(PvVm *vm)
{
        uint64_t value = 0;
        int r;

        vm->counts.mmio++;
        if (vm->run->mmio.is_write) {
                memcpy(&value, vm->run->mmio.data, vm->run->mmio.len);
                return (*vm->bus)->ops->write(*vm->bus, PV_SPACE_MMIO, vm->run->mmio.phys_addr,
                                              vm->run->mmio.len, value);
        }
        r = (*vm->bus)->ops->read(*vm->bus, PV_SPACE_MMIO, vm->run->mmio.phys_addr, vm->run->mmio.len,
                                  &value);
        memcpy(vm->run->mmio.data, &value, vm->run->mmio.len);
        return r;
}

static gboolean
is_doorbell(const PvVm *vm)
{
        return vm->run->exit_reason == KVM_EXIT_IO && vm->run->io.port == PV_MAILBOX_DOORBELL &&
               vm->run->io.direction == KVM_EXIT_IO_OUT;
}

/* The guest asks, before all else, whether a VMM of ours runs it. */
static gboolean
is_question(const PvVm *vm)
{
        return vm->run->io.port == PV_MAILBOX_DOORBELL && vm->run->io.direction == KVM_EXIT_IO_IN &&
               vm->run->io.size == sizeof(uint32_t) && vm->run->io.count == 1;
}

static int
answer_question(PvVm *vm)
{
        const uint32_t magic = PV_MAILBOX_MAGIC;

        vm->counts.doorbells++;
        memcpy((uint8_t *) vm->run + vm->run->io.data_offset, &magic, sizeof magic);
        return 0;
}

/* 0: the guest goes on. */
static int
handle_exit(PvVm *vm)
{
        switch (vm->run->exit_reason) {
        case KVM_EXIT_IO:
                return is_question(vm) ? answer_question(vm) : port_exit(vm);
        case KVM_EXIT_MMIO:
                return mmio_exit(vm);
        case KVM_EXIT_HLT:
                return end(vm, "halted");
        case KVM_EXIT_SHUTDOWN:
                return end(vm, "shut down (a triple fault)");
        case KVM_EXIT_INTERNAL_ERROR:
                return end(vm, vm->run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION
                                       ? "met an instruction that KVM does not emulate"
                                       : "met an internal error of KVM");
        default: {
                g_autofree char *how =
                        g_strdup_printf("made an exit that nobody handles (%u)", vm->run->exit_reason);

                return end(vm, how);
        }
        }
}

/* KVM_RUN was interrupted: by the clock, or by somebody's Ctrl-C, which is another's to handle. */
static int
interrupted(PvVm *vm)
{
        g_autofree char *how = NULL;

        if (errno == EAGAIN || (errno == EINTR && ++vm->ticks <= vm->patience))
                return 0;
        how = errno == EINTR ? g_strdup_printf("hangs: %u s without an exit", vm->patience)
                             : g_strdup_printf("cannot be run: %s", g_strerror(errno));
        return end(vm, how);
}

static int
run_once(PvVm *vm, gboolean *ret_rang)
{
        if (ioctl(vm->vcpu, KVM_RUN, 0) < 0)
                return interrupted(vm);
        vm->ticks = 0;
        *ret_rang = is_doorbell(vm);
        vm->counts.doorbells += (guint64) *ret_rang;
        return *ret_rang ? 0 : handle_exit(vm);
}

int
pv_vm_run(PvVm *vm)
{
        gboolean rang = FALSE;

        vm->ticks = 0;
        while (!vm->ended && !rang)
                vm->ended = run_once(vm, &rang);
        return vm->ended;
}

int
pv_vm_run_bare(PvVm *vm)
{
        int r;

        do
                r = ioctl(vm->vcpu, KVM_RUN, 0);
        while (r < 0 ? errno == EINTR || errno == EAGAIN : vm->run->exit_reason == KVM_EXIT_IO && !is_doorbell(vm));
        return r < 0 || !is_doorbell(vm) ? PV_E_GONE : 0;
}

const char *
pv_vm_why(const PvVm *vm)
{
        return vm->why;
}

PvVmCounts *
pv_vm_counts(PvVm *vm)
{
        return &vm->counts;
}

int
pv_vm_fd(const PvVm *vm)
{
        return vm->vm;
}

void *
pv_vm_pages(PvVm *vm)
{
        return vm->run;
}
