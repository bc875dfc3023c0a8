/* SPDX-License-Identifier: MIT */
/* Frames to a guest and back, among whatever else is printed on the same line. */
#include "common/guest-serial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "common/frame.h"
#include "common/heap.h"

#define RESEND_US (1 * G_USEC_PER_SEC) /* without an answer, until the command is sent again */
#define LINE_LIMIT 300u

typedef struct Serial {
        PvGuestBus guest;
        PvMailbox box;
        PvBusOwner owner;
        PvHost *host;
        int fd;
        unsigned answer_ms;
        uint32_t sequence;
        PvFrame in;
        GString *out;
        GString *line;    /* what is printed there */
        char *printed;    /* the last line of it; NULL: none */
        guint hellos;     /* that the guest has said */
        gboolean booting; /* they are to be expected */
        GArray *heap;
        PvMailbox *init, *detect; /* the last of these commands since there is a consumer; NULL: none */
        char *why;                /* it is gone; NULL: it is not */
} Serial;

/* What ended a wait. */
typedef enum Waited {
        ANSWERED,
        SAID_HELLO,
        TIMED_OUT,
        GONE,
} Waited;

/* Says why, once. */
static Waited
gone(Serial *s, const char *what)
{
        if (!s->why) {
                g_autofree char *words = s->owner.last_words ? s->owner.last_words(s->owner.data) : NULL;

                s->why = g_strdup_printf("the guest %s%s%s%s%s", what, words ? "; " : "", words ? words : "",
                                         s->printed ? "; the last that was printed: " : "",
                                         s->printed ? s->printed : "");
                shutdown(s->fd, SHUT_RDWR);
        }
        if (s->host)
                s->host->gone = s->why;
        return GONE;
}

/* ---- characters ---- */

static void
end_line(Serial *s)
{
        g_autofree char *line = g_utf8_make_valid(g_strstrip(s->line->str), -1);

        if (g_str_has_prefix(line, PV_MAILBOX_HELLO_LINE))
                s->hellos++;
        else if (*line && *line != PV_FRAME_ANSWER) {
                g_free(s->printed);
                s->printed = g_steal_pointer(&line);
        }
        g_string_truncate(s->line, 0);
}

/* TRUE: the answer to the last command. An older one was sent twice. */
static gboolean
take(Serial *s, char c)
{
        if (c == '\n')
                end_line(s);
        else if (s->line->len < LINE_LIMIT && c)
                g_string_append_c(s->line, c);
        return pv_frame_take(&s->in, PV_FRAME_ANSWER, c) && s->in.sequence == s->sequence;
}

/* TRUE: ready in time. */
static gboolean
ready(int fd, short events, gint64 until)
{
        struct pollfd wait = {.fd = fd, .events = events};
        int r;

        do {
                gint64 left = MAX(until - g_get_monotonic_time(), 0);

                r = poll(&wait, 1, (int) ((left + 999) / 1000));
        } while (r < 0 && errno == EINTR);
        return r > 0;
}

static Waited
await(Serial *s, gint64 until)
{
        const guint before = s->hellos;

        /* Who never stops talking is always ready, and gets no longer than others. */
        while (g_get_monotonic_time() < until && ready(s->fd, POLLIN, until)) {
                char text[512];
                ssize_t n = recv(s->fd, text, sizeof text, 0);
                gboolean answered = FALSE;

                if (n <= 0)
                        return gone(s, "is gone: its serial port was closed");
                for (ssize_t i = 0; i < n; i++)
                        answered |= take(s, text[i]);
                if (answered)
                        return ANSWERED;
                if (s->hellos != before)
                        return s->booting ? SAID_HELLO
                                          : gone(s, "began anew in the midst of a command, as after a triple "
                                                    "fault");
        }
        return TIMED_OUT;
}

static void
collect(void *sink, char c)
{
        g_string_append_c(sink, c);
}

/* FALSE: the socket does not take it. */
static gboolean
transmit(Serial *s, gint64 until)
{
        for (gsize done = 0; done < s->out->len;) {
                ssize_t n = send(s->fd, s->out->str + done, s->out->len - done, MSG_NOSIGNAL | MSG_DONTWAIT);

                if (n < 0 && errno != EAGAIN && errno != EINTR)
                        return FALSE;
                if (n < 0 && !ready(s->fd, POLLOUT, until))
                        return FALSE;
                done += (gsize) MAX(n, 0);
        }
        return TRUE;
}

/* ---- commands ---- */

/* Data that the guest has, or is asked for, need not be sent. */
static uint32_t
data_of(const PvMailbox *box)
{
        return box->command == PV_MAILBOX_STRING || box->command == PV_MAILBOX_LOAD ? 0 : box->size;
}

/*
 * Sends the command again while no answer comes: a character may be lost, or the VMM's own text in its midst.
 * The guest carries out a sequence number once. One that boots is left to do so for a while.
 */
static Waited
converse(Serial *s, unsigned timeout_ms)
{
        gint64 now = g_get_monotonic_time(), deadline = now + (gint64) timeout_ms * 1000;
        Waited waited = s->booting ? await(s, MIN(now + RESEND_US, deadline)) : TIMED_OUT;

        s->sequence = s->sequence == G_MAXUINT32 ? 1 : s->sequence + 1;
        g_string_truncate(s->out, 0);
        pv_frame_put(&s->box, s->sequence, data_of(&s->box), PV_FRAME_COMMAND, collect, s->out);
        while (waited == TIMED_OUT || waited == SAID_HELLO) {
                now = g_get_monotonic_time();
                if (now >= deadline)
                        break;
                if (!transmit(s, deadline))
                        return gone(s, "takes nothing at its serial port");
                waited = await(s, MIN(now + RESEND_US, deadline));
        }
        return waited;
}

/* What makes the consumer what it is, for a guest that boots again. */
static void
keep(Serial *s)
{
        if (s->box.command == PV_MAILBOX_INIT) {
                g_clear_pointer(&s->detect, g_free);
                g_free(s->init);
                s->init = g_memdup2(&s->box, sizeof s->box);
        } else if (s->box.command == PV_MAILBOX_DETECT) {
                g_free(s->detect);
                s->detect = g_memdup2(&s->box, sizeof s->box);
        }
}

static int
serial_exchange(PvGuestBus *guest)
{
        Serial *s = (Serial *) guest;
        Waited waited;

        if (s->why)
                return PV_E_GONE;
        keep(s);
        waited = converse(s, s->answer_ms);
        if (waited == TIMED_OUT) {
                g_autofree char *what = g_strdup_printf("hangs: no answer within %u s", s->answer_ms / 1000);

                gone(s, what);
        }
        if (waited != ANSWERED)
                return PV_E_GONE;
        s->box = s->in.box;
        return 0;
}

/* ---- memory ---- */

static int
serial_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        Serial *s = (Serial *) bus;
        guint64 start, size;
        int r;

        (void) sharing; /* all of a plain guest's memory is shared */
        if (!pv_heap_fit(s->heap, n, &start, &size))
                return PV_E_REFUSED;
        s->box.command = PV_MAILBOX_CLEAR;
        s->box.size = 0;
        s->box.arg[PV_MAILBOX_ADDRESS] = (uint32_t) start;
        s->box.arg[PV_MAILBOX_LENGTH] = (uint32_t) size;
        r = serial_exchange(&s->guest);
        if (r)
                return r;
        pv_heap_take(s->heap, start, size);
        ret_gpa->value = start;
        return PV_OK;
}

static int
serial_gpa_free(PvBus *bus, PvGpa gpa)
{
        return pv_heap_free(((Serial *) bus)->heap, gpa.value) ? PV_OK : PV_E_REFUSED;
}

static int
serial_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        return pv_heap_in_ram(gpa.value, n) ? pv_guest_load((PvGuestBus *) bus, gpa, ret_data, n)
                                            : PV_E_REFUSED;
}

static int
serial_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        return pv_heap_in_ram(gpa.value, n) ? pv_guest_store((PvGuestBus *) bus, gpa, data, n) : PV_E_REFUSED;
}

/* ---- the bus ---- */

static void
serial_free(PvBus *bus)
{
        Serial *s = (Serial *) bus;
        PvBusOwner owner = s->owner;

        close(s->fd);
        g_string_free(s->out, TRUE);
        g_string_free(s->line, TRUE);
        g_array_unref(s->heap);
        g_free(s->printed);
        g_free(s->init);
        g_free(s->detect);
        g_free(s->why);
        g_free(s);
        if (owner.ended)
                owner.ended(owner.data);
}

PvBus *
pv_guest_serial_new(int fd, unsigned answer_ms, const PvBusOwner *owner)
{
        static const PvBusOps ops = {
                .read = pv_guest_read,
                .write = pv_guest_write,
                .read_string = pv_guest_read_string,
                .gpa_alloc = serial_gpa_alloc,
                .gpa_free = serial_gpa_free,
                .gpa_read = serial_gpa_read,
                .gpa_write = serial_gpa_write,
                .free = serial_free,
        };
        Serial *s = g_new0(Serial, 1);

        s->guest.bus.ops = &ops;
        s->guest.bus.caps = PV_BUS_PIO | PV_BUS_STRING | PV_BUS_GPA | PV_BUS_SHARE;
        s->guest.box = &s->box;
        s->guest.exchange = serial_exchange;
        s->guest.blind = TRUE;
        s->fd = fd;
        s->answer_ms = answer_ms;
        s->out = g_string_new(NULL);
        s->line = g_string_new(NULL);
        s->heap = pv_heap_new();
        if (owner)
                s->owner = *owner;
        return &s->guest.bus;
}

void
pv_guest_serial_set_host(PvBus *bus, PvHost *host)
{
        ((Serial *) bus)->host = host;
}

/* ---- its guest comes up ---- */

static gboolean
say_hello(Serial *s, gboolean boots, unsigned timeout_ms)
{
        Waited waited;

        s->box = (PvMailbox){.command = PV_MAILBOX_HELLO};
        s->booting = boots;
        waited = converse(s, timeout_ms);
        s->booting = FALSE;
        if (waited == TIMED_OUT) {
                g_autofree char *what = g_strdup_printf("did not come up %swithin %u s",
                                                        s->init ? "again " : "", timeout_ms / 1000);

                gone(s, what);
        }
        if (waited != ANSWERED)
                return FALSE;
        if (s->in.box.arg[PV_MAILBOX_VERSION_ARG] == PV_MAILBOX_VERSION)
                return TRUE;
        gone(s, "speaks another version of the mailbox; build its image anew");
        return FALSE;
}

static gboolean
meet(Serial *s, gboolean boots, unsigned timeout_ms, GError **error)
{
        if (say_hello(s, boots, timeout_ms))
                return TRUE;
        g_set_error_literal(error, PV_ERROR, PV_ERROR_HARNESS, s->why);
        return FALSE;
}

gboolean
pv_guest_serial_handshake(PvBus *bus, unsigned timeout_ms, GError **error)
{
        return meet((Serial *) bus, TRUE, timeout_ms, error);
}

gboolean
pv_guest_serial_reconnect(PvBus *bus, int fd, unsigned timeout_ms, GError **error)
{
        Serial *s = (Serial *) bus;

        close(s->fd);
        s->fd = fd;
        s->in = (PvFrame){0};
        return meet(s, FALSE, timeout_ms, error);
}

/* What it was told before is told again, and counted by nobody, for a guest begins without counting: it is
 * the boot of a guest as there was one before. */
static int
repeat(Serial *s, const PvMailbox *command)
{
        if (!command)
                return 0;
        s->box = *command;
        return converse(s, s->answer_ms) == ANSWERED ? 0 : PV_E_GONE;
}

int
pv_guest_serial_rebooted(PvBus *bus, unsigned timeout_ms)
{
        Serial *s = (Serial *) bus;
        int r = say_hello(s, TRUE, timeout_ms) ? 0 : PV_E_GONE;

        r = r ? r : repeat(s, s->init);
        return r ? r : repeat(s, s->detect);
}
