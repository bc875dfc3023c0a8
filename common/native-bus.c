/* SPDX-License-Identifier: MIT */
/* Accesses by this processor's own IN and OUT, of which docs/native.md says what is left out, and why. */
#include "common/native-bus.h"

#include <errno.h>
#include <string.h>
#include <sys/io.h>

#include "common/error.h"
#include "common/port.h"

enum {
        BLOCK_SELECTOR = 0,
        BLOCK_CONTROL = 4,
        BLOCK_RESERVED = 6, /* reads 0; in the bitmap, APIC IDs 48 to 55 */
        BLOCK_DATA = 8,
        BLOCK_END = 12, /* in modern mode */
        CONTROL_ACTS = 0x1e,
        FWCFG = 0x510,
        FWCFG_DATA = 1,
        FWCFG_DMA = 4,
        FWCFG_END = 12,
        CAP_SYS_RAWIO = 17,
};

/* ---- what must not be written ---- */

/* A byte that lands at one of these and has one of `bits` (0: any byte). */
typedef struct Forbidden {
        guint16 offset, length;
        guint8 bits;
        const char *why;
} Forbidden;

static const Forbidden in_block[] = {
        {BLOCK_CONTROL, 1, CONTROL_ACTS,
         "not done to a running system: this control write would take an event from it, or a CPU"},
        {BLOCK_DATA, 4, 0, "not done to a running system: the host would take this for an _OST report of it"},
        {BLOCK_END, PV_NATIVE_BLOCK_SIZE - BLOCK_END, 0,
         "not done to a running system: a write behind the registers"},
};
static const Forbidden in_fwcfg[] = {
        {2, 2, 0, "not done to a running system: a write between the registers of fw_cfg"},
        {FWCFG_DMA, 8, 0,
         "not done to a running system: fw_cfg would transfer to or from memory that is in use"},
};
static const char item_write[] = "not done to a running system: this would change an item of fw_cfg";
static const char unopened[] =
        "of this machine's ports, only those of the register block and of fw_cfg were opened";
static const char would_switch[] =
        "this write would switch the register block from its legacy mode, and break CPU "
        "hotplug until power goes off; --force makes it";

static const char *
forbidden_byte(const Forbidden *rows, gsize n_rows, guint64 offset, guint8 byte)
{
        for (gsize i = 0; i < n_rows; i++)
                if (offset >= rows[i].offset && offset - rows[i].offset < rows[i].length &&
                    (!rows[i].bits || byte & rows[i].bits))
                        return rows[i].why;
        return NULL;
}

static gboolean
within(guint64 address, unsigned width, guint64 base, guint64 length)
{
        return address - base < length && width <= length - (address - base);
}

/* Byte by byte, for some QEMUs take an access apart: what would only be wrong there is not done either. */
static const char *
forbidden_write(const PvNativeGuard *guard, guint64 address, unsigned width, guint64 value)
{
        gboolean block = within(address, width, guard->base, PV_NATIVE_BLOCK_SIZE);
        guint64 base = block ? guard->base : FWCFG;

        if (!block && address == FWCFG + FWCFG_DATA)
                return item_write;
        for (unsigned i = 0; i < width; i++) {
                guint64 offset = address + i - base;
                guint8 byte = (guint8) (value >> 8 * i);
                const char *why = block ? forbidden_byte(in_block, G_N_ELEMENTS(in_block), offset, byte)
                                        : forbidden_byte(in_fwcfg, G_N_ELEMENTS(in_fwcfg), offset, byte);

                if (block && guard->legacy && offset == BLOCK_SELECTOR && byte == 0)
                        return would_switch;
                if (why)
                        return why;
        }
        return NULL;
}

const char *
pv_native_forbids(const PvNativeGuard *guard, PvSpace space, guint64 address, unsigned width, gboolean writes,
                  guint64 value)
{
        if (space != PV_SPACE_PIO || (width != 1 && width != 2 && width != 4) ||
            (!within(address, width, guard->base, PV_NATIVE_BLOCK_SIZE) &&
             !within(address, width, FWCFG, FWCFG_END)))
                return unopened;
        return writes ? forbidden_write(guard, address, width, value) : NULL;
}

/* ---- which mode the block is in ---- */

static gboolean
all_ones(const guint8 *bytes, gsize n)
{
        while (n > 0 && bytes[n - 1] == 0xff)
                n--;
        return n == 0;
}

/* The bits that a legacy bitmap must have, for APIC IDs of present CPUs are what it is made of. */
static void
bitmap_of(const PvTruth *truth, guint8 ret_bitmap[PV_NATIVE_BLOCK_SIZE])
{
        memset(ret_bitmap, 0, PV_NATIVE_BLOCK_SIZE);
        for (guint32 i = 0; i < truth->max_cpus; i++)
                if (pv_bit_get(truth->present, i) && truth->apic_id[i] < 8 * PV_NATIVE_BLOCK_SIZE)
                        pv_bit_set(ret_bitmap, truth->apic_id[i], true);
}

static gboolean
has_bits(const guint8 *bytes, const guint8 *bits, gsize n)
{
        while (n > 0 && (bytes[n - 1] & bits[n - 1]) == bits[n - 1])
                n--;
        return n == 0;
}

/*
 * In modern mode nothing is behind the registers, which reads as ones, and two of them read 0. A bitmap looks
 * like that only with CPUs 96 to 255 and without 48 to 63: then it is as unclear as one that lacks a CPU
 * which is present.
 */
PvNativeBlock
pv_native_block(const guint8 bytes[PV_NATIVE_BLOCK_SIZE], const PvTruth *truth)
{
        const gsize tail = PV_NATIVE_BLOCK_SIZE - BLOCK_END;
        guint8 bitmap[PV_NATIVE_BLOCK_SIZE];
        gboolean open_end = all_ones(bytes + BLOCK_END, tail);

        bitmap_of(truth, bitmap);
        if (open_end && all_ones(bitmap + BLOCK_END, tail))
                return PV_NATIVE_UNCLEAR;
        if (open_end && all_ones(bytes, BLOCK_END))
                return PV_NATIVE_ABSENT;
        if (open_end && !bytes[BLOCK_RESERVED] && !bytes[BLOCK_RESERVED + 1])
                return PV_NATIVE_MODERN;
        return !open_end && has_bits(bytes, bitmap, sizeof bitmap) ? PV_NATIVE_LEGACY : PV_NATIVE_UNCLEAR;
}

void
pv_native_read_block(guint16 base, guint8 ret_bytes[PV_NATIVE_BLOCK_SIZE])
{
        for (unsigned i = 0; i < PV_NATIVE_BLOCK_SIZE; i++)
                ret_bytes[i] = (guint8) pv_port_in((guint16) (base + i), 1);
}

/* ---- permission ---- */

/* To give ports up is allowed to anybody. */
const char *
pv_native_no_ports(void)
{
        if (ioperm(FWCFG, 1, 0) == 0 || errno != ENOSYS)
                return NULL;
        return "ioperm: ENOSYS: this kernel was built without port access for programs; boot one with "
               "CONFIG_X86_IOPL_IOPERM=y, as Debian's is";
}

static gboolean
is_capable(void)
{
        g_autofree char *status = NULL;
        const char *line;

        if (!g_file_get_contents("/proc/self/status", &status, NULL, NULL) ||
            !(line = strstr(status, "CapEff:")))
                return FALSE;
        return g_ascii_strtoull(line + strlen("CapEff:"), NULL, 16) >> CAP_SYS_RAWIO & 1;
}

const char *
pv_native_refusal(gboolean capable, const char *lockdown)
{
        if (strstr(lockdown, "[integrity]") || strstr(lockdown, "[confidentiality]"))
                return "ioperm: EPERM: kernel lockdown keeps programs from ports, root's too; boot with "
                       "lockdown=none on the kernel command line, or without Secure Boot";
        if (!capable)
                return "ioperm: EPERM: ports are for CAP_SYS_RAWIO; run it as root, or grant that capability";
        return "ioperm: EPERM, although CAP_SYS_RAWIO is there: a security module or a seccomp filter "
               "refuses it; run it outside of the container";
}

gboolean
pv_native_take_ports(guint16 base, GError **error)
{
        g_autofree char *lockdown = NULL;
        const char *why = pv_native_no_ports();

        if (!why && ioperm(base, PV_NATIVE_BLOCK_SIZE, 1) == 0 && ioperm(FWCFG, FWCFG_END, 1) == 0)
                return TRUE;
        if (!why) {
                int refused = errno;

                g_file_get_contents("/sys/kernel/security/lockdown", &lockdown, NULL, NULL);
                why = refused == EPERM ? pv_native_refusal(is_capable(), lockdown ? lockdown : "")
                                       : g_strerror(refused);
        }
        g_set_error_literal(error, PV_ERROR, PV_ERROR_BLOCKED, why);
        return FALSE;
}

/* ---- the bus ---- */

typedef struct NativeBus {
        PvBus bus;
        PvNativeGuard guard;
        PvNativeOwner owner;
} NativeBus;

static int
forbid(NativeBus *n, const char *why)
{
        n->owner.host->limit = why;
        return PV_E_FORBIDDEN;
}

static int
native_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        NativeBus *n = (NativeBus *) bus;
        const char *why = pv_native_forbids(&n->guard, space, address, width, FALSE, 0);

        if (why)
                return forbid(n, why);
        *ret_value = pv_by_width(pv_port_in((uint16_t) address, width), width);
        return 0;
}

static int
native_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        NativeBus *n = (NativeBus *) bus;
        const char *why = pv_native_forbids(&n->guard, space, address, width, TRUE, value);

        if (why)
                return forbid(n, why);
        pv_port_out((uint16_t) address, width, (uint32_t) value);
        return 0;
}

static int
native_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n_bytes)
{
        NativeBus *n = (NativeBus *) bus;
        const char *why = pv_native_forbids(&n->guard, PV_SPACE_PIO, port, 1, FALSE, 0);

        if (why)
                return forbid(n, why);
        pv_port_in_string((uint16_t) port, ret_data, n_bytes);
        return 0;
}

static const char no_memory[] = "a program does not know where in the machine its memory lies";

static int
native_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        (void) n, (void) sharing, (void) ret_gpa;
        return forbid((NativeBus *) bus, no_memory);
}

static int
native_gpa_free(PvBus *bus, PvGpa gpa)
{
        (void) gpa;
        return forbid((NativeBus *) bus, no_memory);
}

static int
native_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        (void) gpa, (void) ret_data, (void) n;
        return forbid((NativeBus *) bus, no_memory);
}

static int
native_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        (void) gpa, (void) data, (void) n;
        return forbid((NativeBus *) bus, no_memory);
}

static void
native_free(PvBus *bus)
{
        NativeBus *n = (NativeBus *) bus;

        n->owner.free(n->owner.host);
        g_free(n);
}

static const PvBusOps native_ops = {
        .read = native_read,
        .write = native_write,
        .read_string = native_read_string,
        .gpa_alloc = native_gpa_alloc,
        .gpa_free = native_gpa_free,
        .gpa_read = native_gpa_read,
        .gpa_write = native_gpa_write,
        .free = native_free,
};

PvBus *
pv_native_bus_new(const PvNativeGuard *guard, const PvNativeOwner *owner)
{
        NativeBus *n = g_new0(NativeBus, 1);

        n->bus.ops = &native_ops;
        n->bus.caps = PV_BUS_PIO;
        n->guard = *guard;
        n->owner = *owner;
        return &n->bus;
}
