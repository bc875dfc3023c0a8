/* SPDX-License-Identifier: MIT */
/* Tells QEMU's PCs from every other machine. What ports do elsewhere nobody here knows, so only these are
 * touched. */
#include "common/native-platform.h"

#include <cpuid.h>
#include <string.h>

#include "common/error.h"

#define HOST_BRIDGE "/sys/bus/pci/devices/0000:00:00.0/"
#define DMI "/sys/class/dmi/id/"

#define SUBSYSTEM_VENDOR 0x1af4
#define SUBSYSTEM_QEMU 0x1100

typedef struct Hypervisor {
        const char *signature, *word;
        gboolean kvm;
} Hypervisor;

static const Hypervisor hypervisors[] = {
        {"TCGTCGTCGTCG", "TCG", FALSE},
        {"KVMKVMKVM", "KVM", TRUE},
        {"", "an unnamed accelerator", FALSE}, /* TCG, on machine types before 2.9 */
};

typedef struct Bridge {
        guint16 vendor, device;
        PvChipset chipset;
        const char *type;   /* when DMI names none */
        const char *prefix; /* of the machine types that have it */
} Bridge;

static const Bridge bridges[] = {
        {0x8086, 0x29c0, PV_CHIPSET_Q35, "q35", "pc-q35-"},
        {0x8086, 0x1237, PV_CHIPSET_PC, "pc", "pc-i440fx-"},
};

/* ---- what is seen ---- */

static void
read_hypervisor(PvNativeSigns *signs)
{
        guint32 a, b, c, d, text[3];

        signs->guest = __get_cpuid(1, &a, &b, &c, &d) && c >> 31;
        if (!signs->guest)
                return;
        __cpuid(0x40000000, a, text[0], text[1], text[2]);
        memcpy(signs->hypervisor, text, sizeof text);
}

/* A line of sysfs; "" when there is none. */
static char *
line(const char *folder, const char *leaf)
{
        g_autofree char *path = g_strconcat(folder, leaf, NULL), *text = NULL;

        return g_file_get_contents(path, &text, NULL, NULL) ? g_strstrip(g_steal_pointer(&text))
                                                            : g_strdup("");
}

static guint16
number(const char *folder, const char *leaf)
{
        g_autofree char *text = line(folder, leaf);

        return (guint16) g_ascii_strtoull(text, NULL, 16);
}

void
pv_native_signs_read(PvNativeSigns *ret_signs)
{
        *ret_signs = (PvNativeSigns){
                .vendor = number(HOST_BRIDGE, "vendor"),
                .device = number(HOST_BRIDGE, "device"),
                .subsystem_vendor = number(HOST_BRIDGE, "subsystem_vendor"),
                .subsystem = number(HOST_BRIDGE, "subsystem_device"),
                .maker = line(DMI, "sys_vendor"),
                .product = line(DMI, "product_name"),
                .type = line(DMI, "product_version"),
        };
        read_hypervisor(ret_signs);
}

void
pv_native_signs_clear(PvNativeSigns *signs)
{
        g_clear_pointer(&signs->maker, g_free);
        g_clear_pointer(&signs->product, g_free);
        g_clear_pointer(&signs->type, g_free);
}

/* ---- what it is ---- */

static const Hypervisor *
find_hypervisor(const PvNativeSigns *signs)
{
        for (gsize i = 0; signs->guest && i < G_N_ELEMENTS(hypervisors); i++)
                if (!strcmp(signs->hypervisor, hypervisors[i].signature))
                        return &hypervisors[i];
        return NULL;
}

static const Bridge *
find_bridge(const PvNativeSigns *signs)
{
        if (signs->subsystem_vendor != SUBSYSTEM_VENDOR || signs->subsystem != SUBSYSTEM_QEMU)
                return NULL;
        for (gsize i = 0; i < G_N_ELEMENTS(bridges); i++)
                if (signs->vendor == bridges[i].vendor && signs->device == bridges[i].device)
                        return &bridges[i];
        return NULL;
}

/* Distributors have machine types with numbers of their own: only QEMU's are taken at their word. */
static gboolean
is_type_of(const char *type, const Bridge *bridge)
{
        const char *version = type + strlen(bridge->prefix);

        return g_str_has_prefix(type, bridge->prefix) && *version && !version[strspn(version, "0123456789.")];
}

static void
refuse(const PvNativeSigns *signs, GError **error)
{
        g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED,
                    "this is not a machine whose ports are known (hypervisor %s, host bridge %04x:%04x of "
                    "%04x:%04x, "
                    "DMI %s %s), and none of them was touched; run it in a guest of QEMU, on q35 or pc",
                    !signs->guest        ? "none"
                    : *signs->hypervisor ? signs->hypervisor
                                         : "unnamed",
                    signs->vendor, signs->device, signs->subsystem_vendor, signs->subsystem,
                    *signs->maker ? signs->maker : "silent", signs->product);
}

gboolean
pv_native_identify(const PvNativeSigns *signs, PvNativePlatform *ret_platform, GError **error)
{
        const Hypervisor *hypervisor = find_hypervisor(signs);
        const Bridge *bridge = find_bridge(signs);

        if (!hypervisor || !bridge) {
                refuse(signs, error);
                return FALSE;
        }
        *ret_platform = (PvNativePlatform){
                .accelerator = hypervisor->word,
                .chipset = bridge->chipset,
                .kvm = hypervisor->kvm,
                .type = g_strdup(is_type_of(signs->type, bridge) ? signs->type : bridge->type),
        };
        return TRUE;
}

void
pv_native_platform_clear(PvNativePlatform *platform)
{
        g_clear_pointer(&platform->type, g_free);
}
