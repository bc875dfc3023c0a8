/* SPDX-License-Identifier: MIT */
/* The kvm target: our devices behind real VM exits. A guest makes each port access when it is told to. */
#include "common/target.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/guest-image.h"
#include "common/kvm.h"
#include "common/model.h"

/* Seconds without an exit. Where every instruction is emulated, 1024 CPUs from a file take the tenth of one.
 */
#define PATIENCE 10u

typedef struct KvmBus {
        PvGuestBus guest;
        PvBus *exits; /* where exits arrive: the model's, with its devices and RAM; owned */
        PvHost *host; /* the model's */
        PvVm *vm;
        uint8_t *memory;
} KvmBus;

/* The box is the guest's own memory; the guest waits at its doorbell. */
static int
kvm_exchange(PvGuestBus *guest)
{
        KvmBus *k = (KvmBus *) guest;
        int r = pv_vm_run(k->vm);

        if (r == PV_E_GONE)
                k->host->gone = pv_vm_why(k->vm);
        return r;
}

/* Memory is the guest's own: whoever stores in it, no exit comes of it. */
static int
kvm_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        KvmBus *k = (KvmBus *) bus;

        return k->exits->ops->gpa_alloc(k->exits, n, sharing, ret_gpa);
}

static int
kvm_gpa_free(PvBus *bus, PvGpa gpa)
{
        KvmBus *k = (KvmBus *) bus;

        return k->exits->ops->gpa_free(k->exits, gpa);
}

static int
kvm_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        KvmBus *k = (KvmBus *) bus;

        return k->exits->ops->gpa_read(k->exits, gpa, ret_data, n);
}

static int
kvm_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        KvmBus *k = (KvmBus *) bus;

        return k->exits->ops->gpa_write(k->exits, gpa, data, n);
}

static void
kvm_free(PvBus *bus)
{
        KvmBus *k = (KvmBus *) bus;

        pv_vm_free(k->vm);
        if (k->exits)
                k->exits->ops->free(k->exits);
        if (k->memory)
                munmap(k->memory, PV_RAM_SIZE);
        g_free(k);
}

static const PvBusOps kvm_bus_ops = {
        .read = pv_guest_read,
        .write = pv_guest_write,
        .read_string = pv_guest_read_string,
        .gpa_alloc = kvm_gpa_alloc,
        .gpa_free = kvm_gpa_free,
        .gpa_read = kvm_gpa_read,
        .gpa_write = kvm_gpa_write,
        .free = kvm_free,
};

static gboolean
kvm_usable(const PvTarget *target, char **ret_why)
{
        (void) target;
        *ret_why = pv_vm_missing();
        if (!*ret_why)
                *ret_why = pv_guest_image_missing();
        return !*ret_why;
}

static char *
kvm_version(const PvTarget *target)
{
        (void) target;
        return g_strdup("pvabi model behind KVM");
}

static gboolean
start(KvmBus *k, const char *image, gsize n, GError **error)
{
        k->vm = pv_vm_new(&k->exits, k->memory, image, n, PATIENCE, error);
        if (!k->vm)
                return FALSE;
        if (pv_vm_run(k->vm) == 0 && k->guest.box->magic == PV_MAILBOX_MAGIC)
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "the guest did not come up: %s",
                    pv_vm_why(k->vm) ? pv_vm_why(k->vm) : "it rang without a mailbox");
        return FALSE;
}

/* Zero pages, taken when they are touched. */
static gboolean
map_memory(KvmBus *k, GError **error)
{
        k->memory = mmap(NULL, PV_RAM_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (k->memory != MAP_FAILED)
                return TRUE;
        k->memory = NULL;
        g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED,
                    "no memory for a guest of %" G_GUINT64_FORMAT " MiB: %s", (guint64) (PV_RAM_SIZE >> 20),
                    g_strerror(errno));
        return FALSE;
}

/* A machine of the model whose RAM the guest has too. */
static gboolean
build(KvmBus *k, const PvTarget *target, const PvSetup *setup, GError **error)
{
        if (!map_memory(k, error) || !pv_target_model.open(target, setup, &k->exits, &k->host, error))
                return FALSE;
        pv_ram_back(pv_model_ram(k->exits), k->memory);
        k->guest.bus = *k->exits;
        k->guest.bus.ops = &kvm_bus_ops;
        k->guest.box = (PvMailbox *) (k->memory + PV_MAILBOX_GPA);
        k->guest.memory = k->memory;
        k->guest.exchange = kvm_exchange;
        return TRUE;
}

/* Our machine has one vCPU whatever it says; but it shall say nothing that no machine here can be. */
static gboolean
expressible(const PvSetup *setup, GError **error)
{
        uint32_t most = pv_vm_max_cpus();

        if (setup->guest != PV_GUEST_PLAIN)
                g_set_error_literal(error, PV_ERROR, PV_ERROR_LIMIT, "no encrypted guest here");
        else if (setup->topology.max_cpus > most)
                g_set_error(error, PV_ERROR, PV_ERROR_LIMIT,
                            "this kernel's KVM has at most %u vCPUs in a machine", most);
        else
                return TRUE;
        return FALSE;
}

static gboolean
kvm_open(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        g_autofree char *path = pv_guest_image_path(), *image = NULL;
        gsize n;
        KvmBus *k;

        if (!expressible(setup, error))
                return FALSE;
        if (!g_file_get_contents(path, &image, &n, error))
                return FALSE;
        k = g_new0(KvmBus, 1);
        if (!build(k, target, setup, error) || !start(k, image, n, error)) {
                kvm_free(&k->guest.bus);
                return FALSE;
        }
        *ret_host = k->host;
        *ret_bus = &k->guest.bus;
        return TRUE;
}

PvVm *
pv_kvm_vm(PvBus *bus)
{
        return bus->ops == &kvm_bus_ops ? ((KvmBus *) bus)->vm : NULL;
}

static PvBus **
kvm_arrivals(PvBus *bus)
{
        return &((KvmBus *) bus)->exits;
}

static const PvConsumerOps *
kvm_consumer(PvBus *bus, const PvCandidate *candidate, PvTrace *trace, void **ret_state)
{
        return pv_guest_consumer_new((PvGuestBus *) bus, candidate, trace, ret_state);
}

const PvTargetOps pv_target_kvm = {
        .kind = "kvm",
        .summary = "our device models behind real VM exits, a guest of ours at their ports",
        .device = PV_ORIGIN_OURS,
        .usable = kvm_usable,
        .version = kvm_version,
        .open = kvm_open,
        .arrivals = kvm_arrivals,
        .consumer = kvm_consumer,
};
