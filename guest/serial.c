/* SPDX-License-Identifier: MIT */
/* Commands by the first serial port, polled; what is said there is said on a debug console too, where there
 * is one. */
#include "guest/guest.h"

#include "common/frame.h"
#include "common/port.h"

#define COM1 0x3f8u /* a 16550 */
#define DEBUG_CONSOLE 0x402u
#define DEBUG_CONSOLE_READS 0xe9u /* as Bochs has it, and QEMU's isa-debugcon */

/* Registers of the 16550. */
enum {
        DATA = 0,
        INTERRUPTS = 1,
        FIFO_W = 2, /* its control */
        FIFO_R = 2, /* whether it is on, among others */
        LINE = 3,
        MODEM = 4,
        STATUS = 5,
        SCRATCH = 7,
};

#define STATUS_RECEIVED 0x01u
#define STATUS_SENT 0x20u
#define FIFO_SIZE 16u
#define PATIENCE (1u << 24) /* looks at a port that takes nothing before a character is given up */

static uint32_t room; /* for characters, without another look */
static bool has_port, has_console;

static uint8_t
get_register(unsigned offset)
{
        return (uint8_t) pv_port_in((uint16_t) (COM1 + offset), 1);
}

static void
set_register(unsigned offset, uint8_t value)
{
        pv_port_out((uint16_t) (COM1 + offset), 1, value);
}

static bool
remembers(uint8_t value)
{
        set_register(SCRATCH, value);
        return get_register(SCRATCH) == value;
}

/* 115200 8N1, no interrupts, FIFOs on and empty, the other side ready to send until there are 14 characters.
 */
static bool
start_port(void)
{
        if (!remembers(0x5a) || !remembers(0xa5))
                return false;
        set_register(INTERRUPTS, 0);
        set_register(LINE, 0x83);
        set_register(DATA, 1);
        set_register(INTERRUPTS, 0);
        set_register(LINE, 0x03);
        set_register(FIFO_W, 0xc7);
        set_register(MODEM, 0x0b);
        return true;
}

static bool
may_send(void)
{
        for (uint32_t i = 0; !room && i < PATIENCE; i++)
                if (get_register(STATUS) & STATUS_SENT)
                        room = (get_register(FIFO_R) & 0xc0) == 0xc0 ? FIFO_SIZE : 1;
        return room != 0;
}

static void
send(void *unused, char c)
{
        (void) unused;
        if (has_console)
                pv_port_out(DEBUG_CONSOLE, 1, (uint8_t) c);
        if (!has_port || !may_send())
                return;
        set_register(DATA, (uint8_t) c);
        room--;
}

/* The one wait without an end: for a command. */
static char
receive(void)
{
        while (!(get_register(STATUS) & STATUS_RECEIVED))
                __asm__ volatile("pause");
        return (char) get_register(DATA);
}

/* ---- who we are ---- */

static void
cpuid(uint32_t leaf, uint32_t ret_registers[4])
{
        __asm__ volatile("cpuid"
                         : "=a"(ret_registers[0]), "=b"(ret_registers[1]), "=c"(ret_registers[2]),
                           "=d"(ret_registers[3])
                         : "a"(leaf), "c"(0));
}

int32_t
guest_hello(PvMailbox *box)
{
        uint32_t registers[4];

        cpuid(1, registers);
        if (registers[2] >> 31) /* a hypervisor says that it is there */
                cpuid(0x40000000, registers);
        else
                __builtin_memset(registers, 0, sizeof registers);
        box->arg[PV_MAILBOX_VERSION_ARG] = PV_MAILBOX_VERSION;
        box->size = 12;
        __builtin_memcpy(box->data, &registers[1], box->size);
        return 0;
}

static void
send_text(const char *text)
{
        for (; *text; text++)
                send(NULL, *text);
}

static void
say_hello(PvMailbox *box)
{
        guest_hello(box);
        send_text("\n" PV_MAILBOX_HELLO_LINE);
        send(NULL, '0' + PV_MAILBOX_VERSION);
        send_text(", hypervisor ");
        for (uint32_t i = 0; i < box->size; i++)
                if (box->data[i] > ' ' && box->data[i] < 0x7f)
                        send(NULL, (char) box->data[i]);
        send_text(has_port ? "\n" : ", no serial port\n");
}

/* ---- commands ---- */

/* What was stored need not come back. */
static uint32_t
answer_size(const PvMailbox *box)
{
        return box->command == PV_MAILBOX_STORE ? 0 : box->size;
}

/* A command that comes again was answered, but the answer did not arrive: it is sent again, and nothing is
 * done. */
void
guest_serve_serial(void)
{
        static PvFrame frame;
        static PvMailbox box; /* the last answer */
        uint32_t last = 0;

        has_console = pv_port_in(DEBUG_CONSOLE, 1) == DEBUG_CONSOLE_READS;
        has_port = start_port();
        say_hello(&box);
        while (has_port) {
                if (!pv_frame_take(&frame, PV_FRAME_COMMAND, receive()))
                        continue;
                if (frame.sequence != last) {
                        last = frame.sequence;
                        box = frame.box;
                        guest_carry_out(&box);
                }
                pv_frame_put(&box, last, answer_size(&box), PV_FRAME_ANSWER, send, NULL);
        }
}
