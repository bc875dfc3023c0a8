/* SPDX-License-Identifier: MIT */
/* The bus to a guest's serial port, against a guest that is played here and does not behave. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "common/frame.h"
#include "common/guest-serial.h"

#define ANSWER_MS 3000u
#define HELLO "\n" PV_MAILBOX_HELLO_LINE "1, hypervisor PLAYED\n"

/* How the guest misbehaves. */
typedef enum Manner {
        WELL,
        BETWEEN_LINES, /* others print on its line, in front of an answer and in its midst */
        FIRST_UNHEARD, /* of each command the first copy is lost */
        TWICE,         /* answers everything twice */
        OLD_MAILBOX,   /* of another version */
        MUTE,          /* says hello, and nothing else */
        DIES,          /* closes its port in the second command */
        REBOOTS,       /* says hello again instead of its second answer */
} Manner;

typedef struct Played {
        int fd;
        Manner manner;
        guint commands; /* that it carried out */
} Played;

static void
put(void *sink, char c)
{
        g_string_append_c(sink, c);
}

/* Whoever has heard enough may be gone. */
static void
say(const Played *p, const char *text, gsize n)
{
        G_GNUC_UNUSED gssize sent = send(p->fd, text, n, MSG_NOSIGNAL);
}

static void
carry_out(Played *p, PvMailbox *box)
{
        p->commands++;
        box->result = 0;
        if (box->command == PV_MAILBOX_HELLO)
                box->arg[PV_MAILBOX_VERSION_ARG] = PV_MAILBOX_VERSION + (p->manner == OLD_MAILBOX);
        if (box->command == PV_MAILBOX_READ)
                box->arg[PV_MAILBOX_VALUE] = box->arg[PV_MAILBOX_ADDRESS] + 1;
}

/* FALSE: it is no more. */
static gboolean
answer(Played *p, const PvFrame *frame)
{
        g_autoptr(GString) text = g_string_new(NULL);
        PvMailbox box = frame->box;

        carry_out(p, &box);
        if (p->commands > 1 && p->manner == DIES)
                return FALSE;
        if (p->commands > 1 && p->manner == REBOOTS) {
                say(p, HELLO, strlen(HELLO));
                return TRUE;
        }
        pv_frame_put(&box, frame->sequence, box.size, PV_FRAME_ANSWER, put, text);
        if (p->manner == BETWEEN_LINES) {
                say(p, "warning: <1,", 12);
                say(p, text->str, 5);
                say(p, "TSC unstable\n", 13);
        }
        if (p->manner == TWICE)
                say(p, text->str, text->len);
        say(p, text->str, text->len);
        return TRUE;
}

static gpointer
play(gpointer data)
{
        Played *p = data;
        PvFrame frame = {0};
        uint32_t heard = 0;
        char c;

        say(p, HELLO, strlen(HELLO));
        while (recv(p->fd, &c, 1, 0) == 1) {
                gboolean first;

                if (!pv_frame_take(&frame, PV_FRAME_COMMAND, c) || p->manner == MUTE)
                        continue;
                first = frame.sequence != heard;
                heard = frame.sequence;
                if (!(first && p->manner == FIRST_UNHEARD) && !answer(p, &frame))
                        break;
        }
        close(p->fd);
        return NULL;
}

typedef struct Scene {
        Played played;
        GThread *thread;
        PvBus *bus;
} Scene;

static void
start(Scene *scene, Manner manner, unsigned answer_ms)
{
        int pair[2];

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
        scene->played = (Played){.fd = pair[1], .manner = manner};
        scene->thread = g_thread_new("guest", play, &scene->played);
        scene->bus = pv_guest_serial_new(pair[0], answer_ms, NULL);
}

static void
end(Scene *scene)
{
        scene->bus->ops->free(scene->bus);
        g_thread_join(scene->thread);
}

static void
test_answers(gconstpointer data)
{
        Manner manner = (Manner) GPOINTER_TO_INT(data);
        uint32_t value = 0;
        Scene scene;

        start(&scene, manner, 2 * ANSWER_MS);
        g_assert_true(pv_guest_serial_handshake(scene.bus, 2 * ANSWER_MS, NULL));
        for (uint32_t i = 0; i < 3; i++) {
                g_assert_cmpint(pv_bus_in(scene.bus, 0xcd8 + i, 4, &value), ==, 0);
                g_assert_cmpuint(value, ==, 0xcd9 + i);
        }
        end(&scene);
        g_assert_cmpuint(scene.played.commands, ==, 4); /* each once */
}

static void
refused(Manner manner, unsigned timeout_ms, const char *why)
{
        g_autoptr(GError) error = NULL;
        Scene scene;

        start(&scene, manner, timeout_ms);
        g_assert_false(pv_guest_serial_handshake(scene.bus, timeout_ms, &error));
        g_assert_error(error, PV_ERROR, PV_ERROR_HARNESS);
        if (!strstr(error->message, why))
                g_error("\"%s\" is not in: %s", why, error->message);
        end(&scene);
}

static void
test_refused(void)
{
        refused(OLD_MAILBOX, ANSWER_MS, "another version of the mailbox");
        refused(MUTE, 1500, "did not come up within 1 s");
}

static void
lost(Manner manner, const char *why)
{
        PvHost host = {0};
        uint32_t value = 0;
        Scene scene;

        start(&scene, manner, ANSWER_MS);
        g_assert_true(pv_guest_serial_handshake(scene.bus, ANSWER_MS, NULL));
        pv_guest_serial_set_host(scene.bus, &host);
        g_assert_cmpint(pv_bus_in(scene.bus, 0xcd8, 1, &value), ==, PV_E_GONE);
        g_assert_nonnull(host.gone);
        if (!strstr(host.gone, why))
                g_error("\"%s\" is not in: %s", why, host.gone);
        g_assert_cmpint(pv_bus_in(scene.bus, 0xcd8, 1, &value), ==, PV_E_GONE);
        end(&scene);
}

static void
test_lost(void)
{
        lost(DIES, "its serial port was closed");
        lost(REBOOTS, "began anew in the midst of a command");
}

/* Pages are given out by us, and cleared there. */
static void
test_memory(void)
{
        PvGpa a, b;
        char byte;
        Scene scene;

        start(&scene, WELL, ANSWER_MS);
        g_assert_true(pv_guest_serial_handshake(scene.bus, ANSWER_MS, NULL));
        g_assert_cmpint(scene.bus->ops->gpa_alloc(scene.bus, 5000, PV_SHARED, &a), ==, 0);
        g_assert_cmpint(scene.bus->ops->gpa_alloc(scene.bus, 1, PV_PRIVATE, &b), ==, 0);
        g_assert_cmpuint(b.value - a.value, ==, 2 * PV_PAGE_SIZE);
        g_assert_cmpint(scene.bus->ops->gpa_alloc(scene.bus, (size_t) 1 << 30, PV_SHARED, &b), ==,
                        PV_E_REFUSED);
        g_assert_cmpint(scene.bus->ops->gpa_read(scene.bus, (PvGpa){0xfee00000}, &byte, 1), ==, PV_E_REFUSED);
        g_assert_cmpint(scene.bus->ops->gpa_free(scene.bus, a), ==, 0);
        g_assert_cmpint(scene.bus->ops->gpa_free(scene.bus, a), ==, PV_E_REFUSED);
        end(&scene);
        g_assert_cmpuint(scene.played.commands, ==, 3); /* hello and two clears */
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_data_func("/guest-serial/well", GINT_TO_POINTER(WELL), test_answers);
        g_test_add_data_func("/guest-serial/between-lines", GINT_TO_POINTER(BETWEEN_LINES), test_answers);
        g_test_add_data_func("/guest-serial/unheard", GINT_TO_POINTER(FIRST_UNHEARD), test_answers);
        g_test_add_data_func("/guest-serial/twice", GINT_TO_POINTER(TWICE), test_answers);
        g_test_add_func("/guest-serial/refused", test_refused);
        g_test_add_func("/guest-serial/lost", test_lost);
        g_test_add_func("/guest-serial/memory", test_memory);
        return g_test_run();
}
