/* SPDX-License-Identifier: MIT */
/* Guests that come to a bad end on real KVM: each is named, with its registers. Skipped where there is no
 * KVM. */
#include "common/vm.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>

#include "common/error.h"
#include "common/mailbox.h"
#include "common/ram.h"

#define LOAD 0x100000u
#define SKIPPED 77

/* An image of one part: these bytes at LOAD, entered at the first. */
typedef struct Image {
        Elf32_Ehdr head;
        Elf32_Phdr part;
        uint8_t code[32];
} Image;

static Image
image_of(const uint8_t *code, size_t n)
{
        Image image = {
                .head = {.e_ident = ELFMAG,
                         .e_machine = EM_386,
                         .e_phoff = sizeof(Elf32_Ehdr),
                         .e_phnum = 1,
                         .e_entry = LOAD},
                .part = {.p_type = PT_LOAD,
                         .p_offset = offsetof(Image, code),
                         .p_paddr = LOAD,
                         .p_filesz = sizeof image.code,
                         .p_memsz = sizeof image.code},
        };

        memcpy(image.code, code, n);
        return image;
}

/* A bus that keeps what arrives. */
typedef struct Ears {
        PvBus bus;
        uint64_t written, address;
        unsigned reads, width;
} Ears;

static int
ears_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        Ears *ears = (Ears *) bus;

        (void) space;
        ears->reads++;
        ears->address = address;
        ears->width = width;
        *ret_value = 0x5a;
        return 0;
}

static int
ears_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        Ears *ears = (Ears *) bus;

        (void) space;
        ears->written = value;
        ears->address = address;
        ears->width = width;
        return value == 0xdd ? PV_E_BUDGET : 0;
}

static const PvBusOps ears_ops = {.read = ears_read, .write = ears_write};

typedef struct Run {
        Ears ears;
        PvBus *bus;
        void *memory;
        PvVm *vm;
} Run;

static void
run_start(Run *run, const uint8_t *code, size_t n)
{
        Image image = image_of(code, n);
        g_autoptr(GError) error = NULL;

        *run = (Run){.ears = {.bus = {.ops = &ears_ops}}};
        run->bus = &run->ears.bus;
        run->memory = mmap(NULL, PV_RAM_SIZE, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        g_assert_true(run->memory != MAP_FAILED);
        run->vm = pv_vm_new(&run->bus, run->memory, (const char *) &image, sizeof image, 1, &error);
        g_assert_no_error(error);
}

static void
run_stop(Run *run)
{
        pv_vm_free(run->vm);
        munmap(run->memory, PV_RAM_SIZE);
}

/* What the guest is told to have done, and where. */
static void
assert_end(const uint8_t *code, size_t n, const char *how, const char *where)
{
        Run run;

        run_start(&run, code, n);
        g_assert_cmpint(pv_vm_run(run.vm), ==, PV_E_GONE);
        g_assert_nonnull(pv_vm_why(run.vm));
        g_test_message("%s", pv_vm_why(run.vm));
        g_assert_nonnull(strstr(pv_vm_why(run.vm), how));
        g_assert_nonnull(strstr(pv_vm_why(run.vm), where));
        g_assert_cmpint(pv_vm_run(run.vm), ==, PV_E_GONE); /* and it stays dead */
        run_stop(&run);
}

static void
test_halt(void)
{
        static const uint8_t code[] = {0xbb, 0x34, 0x12, 0, 0, 0xf4}; /* mov $0x1234, %ebx; hlt */

        assert_end(code, sizeof code, "the guest halted", "ebx 0x1234");
}

/* There is no IDT, so the first exception is the last. */
static void
test_triple_fault(void)
{
        static const uint8_t code[] = {0x0f, 0x0b}; /* ud2 */

        assert_end(code, sizeof code, "triple fault", "eip 0x100000");
}

/* Who emulates every instruction knows no x87; a CPU does, and comes to the halt behind it. */
static void
test_emulation(void)
{
        static const uint8_t code[] = {0x9b, 0xdb, 0xe3, 0xf4}; /* fwait; fninit; hlt */
        Run run;

        run_start(&run, code, sizeof code);
        g_assert_cmpint(pv_vm_run(run.vm), ==, PV_E_GONE);
        g_test_message("%s", pv_vm_why(run.vm));
        g_assert_true(strstr(pv_vm_why(run.vm), "does not emulate: eip 0x100000") ||
                      strstr(pv_vm_why(run.vm), "halted: eip 0x100004"));
        run_stop(&run);
}

static void
test_hang(void)
{
        static const uint8_t code[] = {0xeb, 0xfe}; /* jmp . */

        assert_end(code, sizeof code, "hangs: 1 s without an exit", "eip 0x100000");
}

static void
test_access(void)
{
        /* mov $0xcd8, %dx; in (%dx), %al; out %al, (%dx); mov $0xdd, %al; out %al, (%dx) */
        static const uint8_t code[] = {0x66, 0xba, 0xd8, 0x0c, 0xec, 0xee, 0xb0, 0xdd, 0xee};
        Run run;
        const PvPortCounts *ports;

        run_start(&run, code, sizeof code);
        g_assert_cmpint(pv_vm_run(run.vm), ==,
                        PV_E_BUDGET); /* the bus had enough: the guest is not run again */
        g_assert_cmpint(pv_vm_run(run.vm), ==, PV_E_BUDGET);
        g_assert_null(pv_vm_why(run.vm));
        g_assert_cmpuint(run.ears.reads, ==, 1);
        g_assert_cmphex(run.ears.address, ==, 0xcd8);
        g_assert_cmpuint(run.ears.width, ==, 1);
        ports = &pv_vm_counts(run.vm)->ports;
        g_assert_cmpuint(ports->n, ==, 2);
        g_assert_cmpuint(ports->count[0].kind, ==, PV_PORT_IN);
        g_assert_cmpuint(ports->count[1].kind, ==, PV_PORT_OUT);
        g_assert_cmpuint(ports->count[1].units, ==, 2);
        run_stop(&run);
}

static void
test_doorbell(void)
{
        /* mov $0xf40, %dx; out %eax, (%dx); hlt */
        static const uint8_t code[] = {0x66, 0xba, 0x40, 0x0f, 0xef, 0xf4};
        Run run;

        run_start(&run, code, sizeof code);
        g_assert_cmpint(pv_vm_run(run.vm), ==, 0);
        g_assert_cmpuint(pv_vm_counts(run.vm)->doorbells, ==, 1);
        g_assert_cmpuint(pv_vm_counts(run.vm)->ports.n, ==, 0);
        g_assert_cmpint(pv_vm_run(run.vm), ==, PV_E_GONE);
        run_stop(&run);
}

/* No image that is none is loaded. */
static void
test_images(void)
{
        static const uint8_t code[] = {0xf4};
        const Image good = image_of(code, sizeof code);
        Image bad[4] = {good, good, good, good};
        void *memory = mmap(NULL, PV_RAM_SIZE, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        Ears ears = {.bus = {.ops = &ears_ops}};
        PvBus *bus = &ears.bus;

        bad[0].head.e_machine = EM_X86_64;
        bad[1].head.e_phnum = 1000;
        bad[2].part.p_paddr = 0x1000;
        bad[3].part.p_filesz = 0x10000;
        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_null(pv_vm_new(&bus, memory, (const char *) &bad[i], sizeof bad[i], 1, &error));
                g_assert_error(error, PV_ERROR, PV_ERROR_HARNESS);
        }
        munmap(memory, PV_RAM_SIZE);
}

int
main(int argc, char **argv)
{
        g_autofree char *missing = pv_vm_missing();

        if (missing) {
                g_printerr("skipped: %s\n", missing);
                return SKIPPED;
        }
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/vm/halt", test_halt);
        g_test_add_func("/vm/triple-fault", test_triple_fault);
        g_test_add_func("/vm/emulation", test_emulation);
        g_test_add_func("/vm/hang", test_hang);
        g_test_add_func("/vm/access", test_access);
        g_test_add_func("/vm/doorbell", test_doorbell);
        g_test_add_func("/vm/images", test_images);
        return g_test_run();
}
