/* SPDX-License-Identifier: MIT */
/* Mailboxes as text: what was sent arrives, whatever stands around it, and what was changed on the way does
 * not. */
#include <string.h>

#include <glib.h>

#include "common/frame.h"

static void
collect(void *sink, char c)
{
        g_string_append_c(sink, c);
}

static PvMailbox
sample(uint32_t size)
{
        PvMailbox box = {.command = PV_MAILBOX_STORE, .result = -3, .size = size};

        for (uint32_t i = 0; i < PV_MAILBOX_ARGS; i++)
                box.arg[i] = i * 0x11111111u;
        for (uint32_t i = 0; i < size; i++)
                box.data[i] = (uint8_t) (i * 7 + 1);
        return box;
}

static char *
encode(const PvMailbox *box, uint32_t n)
{
        GString *text = g_string_new(NULL);

        pv_frame_put(box, 0xfedcba98u, n, PV_FRAME_COMMAND, collect, text);
        return g_string_free(text, FALSE);
}

/* How many whole frames are in the text. */
static guint
decode(PvFrame *frame, const char *text)
{
        guint n = 0;

        for (; *text; text++)
                n += pv_frame_take(frame, PV_FRAME_COMMAND, *text);
        return n;
}

static void
test_there_and_back(void)
{
        static const uint32_t sizes[] = {0, 1, 2, 255, PV_MAILBOX_DATA};

        for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
                PvMailbox box = sample(sizes[i]);
                g_autofree char *text = encode(&box, sizes[i]);
                PvFrame frame = {0};

                g_assert_cmpuint(strlen(text), <=, PV_FRAME_MAX);
                g_assert_cmpuint(decode(&frame, text), ==, 1);
                g_assert_cmpuint(frame.sequence, ==, 0xfedcba98u);
                g_assert_cmpmem(&frame.box, sizeof box, &box, sizeof box);
        }
}

/* The receiver of an answer keeps what it did not need to be told. */
static void
test_size_without_data(void)
{
        PvMailbox box = sample(100);
        g_autofree char *text = encode(&box, 0);
        PvFrame frame = {0};

        frame.box.data[99] = 42;
        g_assert_cmpuint(decode(&frame, text), ==, 1);
        g_assert_cmpuint(frame.box.size, ==, 100);
        g_assert_cmpuint(frame.box.data[99], ==, 42);
}

static void
test_among_junk(void)
{
        static const char *const junk[] = {"SeaBIOS (version 1.16)\r\n",
                                           ">",
                                           ">>>",
                                           ">1,2,3,",
                                           ">1,,,,,,,,,,,,00",
                                           ">1,,,,,,,,,,,,0",
                                           "<1,,,,,,,,,,,,.0;",
                                           "\x1b[2J\x01\xff",
                                           "a > b, c",
                                           ">123456789,",
                                           ">1,,,,,,,,,,,,.123456789;",
                                           ">,,,,,,,,,,,,,"};
        PvMailbox box = sample(3);
        g_autofree char *text = encode(&box, 3);

        for (gsize i = 0; i < G_N_ELEMENTS(junk); i++) {
                g_autofree char *mixed = g_strconcat(junk[i], text, junk[i], text, NULL);
                PvFrame frame = {0};

                g_assert_cmpuint(decode(&frame, junk[i]), ==, 0);
                g_assert_cmpuint(decode(&frame, mixed), ==, 2);
                g_assert_cmpmem(&frame.box, sizeof box, &box, sizeof box);
        }
}

/* Any one character changed, lost or doubled. */
static void
test_damaged(void)
{
        PvMailbox box = sample(5);
        g_autofree char *text = encode(&box, 5);
        gsize n = strlen(text) - 1; /* the newline says nothing */

        for (gsize i = 0; i < n; i++) {
                g_autofree char *changed = g_strdup(text), *doubled = NULL;
                g_autofree char *lost = g_strdup_printf("%.*s%s", (int) i, text, text + i + 1);
                PvFrame frame = {0};

                changed[i] = changed[i] == '5' ? '6' : '5';
                g_assert_cmpuint(decode(&frame, changed), ==, 0);
                g_assert_cmpuint(decode(&frame, lost), ==, 0);
                if (i == 0 || i == n - 1)
                        continue; /* a second head or end changes nothing */
                doubled = g_strdup_printf("%.*s%s", (int) i + 1, text, text + i);
                g_assert_cmpuint(decode(&frame, doubled), ==, 0);
        }
}

static void
test_too_much(void)
{
        PvMailbox box = sample(0);
        g_autofree char *text = encode(&box, 0);
        g_autoptr(GString) more = g_string_new(NULL);
        PvFrame frame = {0};

        g_string_append_len(more, text, strchr(text, '.') - text);
        for (guint i = 0; i < PV_MAILBOX_DATA + 1; i++)
                g_string_append(more, "aa");
        g_assert_cmpuint(decode(&frame, more->str), ==, 0);
        box.size = PV_MAILBOX_DATA + 1;
        g_free(text);
        text = encode(&box, 0);
        g_assert_cmpuint(decode(&frame, text), ==, 0);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/frame/there-and-back", test_there_and_back);
        g_test_add_func("/frame/size-without-data", test_size_without_data);
        g_test_add_func("/frame/among-junk", test_among_junk);
        g_test_add_func("/frame/damaged", test_damaged);
        g_test_add_func("/frame/too-much", test_too_much);
        return g_test_run();
}
