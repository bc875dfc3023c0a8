/* SPDX-License-Identifier: MIT */
/* KVM_CAP_COALESCED_PIO and KVM_CAP_IOEVENTFD. */
#include "bench/quiet.h"

#include <errno.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/error.h"

#define WIDTH 4u

struct PvQuiet {
        PvQuietKind kind;
        struct kvm_coalesced_mmio_ring *ring;
        int event; /* -1: none */
};

static gboolean
lacks(PvVm *vm, int capability, const char *name, GError **error)
{
        if (ioctl(pv_vm_fd(vm), KVM_CHECK_EXTENSION, capability) > 0)
                return FALSE;
        g_set_error(error, PV_ERROR, PV_ERROR_LIMIT, "%s is missing here", name);
        return TRUE;
}

static gboolean
refused(const char *what, GError **error)
{
        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "%s: %s", what, g_strerror(errno));
        return FALSE;
}

static gboolean
start_coalesced(PvQuiet *quiet, PvVm *vm, uint16_t port, GError **error)
{
        struct kvm_coalesced_mmio_zone zone = {.addr = port, .size = WIDTH, .pio = 1};
        int page = ioctl(pv_vm_fd(vm), KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_MMIO);

        if (lacks(vm, KVM_CAP_COALESCED_PIO, "KVM_CAP_COALESCED_PIO", error))
                return FALSE;
        if (page <= 0 || ioctl(pv_vm_fd(vm), KVM_REGISTER_COALESCED_MMIO, &zone))
                return refused("KVM_REGISTER_COALESCED_MMIO", error);
        quiet->ring =
                (struct kvm_coalesced_mmio_ring *) ((char *) pv_vm_pages(vm) + page * sysconf(_SC_PAGESIZE));
        return TRUE;
}

static gboolean
start_ioeventfd(PvQuiet *quiet, PvVm *vm, uint16_t port, GError **error)
{
        struct kvm_ioeventfd ask = {.addr = port, .len = WIDTH, .flags = KVM_IOEVENTFD_FLAG_PIO};

        if (lacks(vm, KVM_CAP_IOEVENTFD, "KVM_CAP_IOEVENTFD", error))
                return FALSE;
        ask.fd = quiet->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        return (ask.fd >= 0 && ioctl(pv_vm_fd(vm), KVM_IOEVENTFD, &ask) == 0) ||
               refused("KVM_IOEVENTFD", error);
}

PvQuiet *
pv_quiet_new(PvVm *vm, PvQuietKind kind, uint16_t port, GError **error)
{
        PvQuiet *quiet = g_new0(PvQuiet, 1);

        quiet->kind = kind;
        quiet->event = -1;
        if (kind == PV_QUIET_COALESCED ? start_coalesced(quiet, vm, port, error)
                                       : start_ioeventfd(quiet, vm, port, error))
                return quiet;
        pv_quiet_free(quiet);
        return NULL;
}

/* The kernel's side ends with the machine. */
void
pv_quiet_free(PvQuiet *quiet)
{
        if (quiet && quiet->event >= 0)
                close(quiet->event);
        g_free(quiet);
}

static int
take_ring(struct kvm_coalesced_mmio_ring *ring, PvBus *bus)
{
        guint most = (guint) ((gsize) sysconf(_SC_PAGESIZE) - sizeof *ring) / sizeof *ring->coalesced_mmio;
        int taken = 0;

        for (; ring->first != ring->last; taken++) {
                const struct kvm_coalesced_mmio *entry = &ring->coalesced_mmio[ring->first];
                uint64_t value = 0;

                memcpy(&value, entry->data, MIN(entry->len, sizeof value));
                if (bus->ops->write(bus, PV_SPACE_PIO, entry->phys_addr, entry->len, value))
                        return -1;
                ring->first = (ring->first + 1) % most;
        }
        return taken;
}

int
pv_quiet_take(PvQuiet *quiet, PvBus *bus)
{
        uint64_t told;

        if (quiet->ring)
                return take_ring(quiet->ring, bus);
        return read(quiet->event, &told, sizeof told) == sizeof told ? (int) told : -1;
}
