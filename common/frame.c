/* SPDX-License-Identifier: MIT */
/* Mailboxes to text and back. Freestanding. */
#include "common/frame.h"

#include <stddef.h>

#define N_WORDS (4u + PV_MAILBOX_ARGS)

/* PvFrame.field: nothing begun, the words from 1, and what comes behind them. */
enum {
        IDLE = 0,
        DATA = N_WORDS + 1,
        SUM,
};

#define SUM_START 2166136261u /* FNV-1a */

static uint32_t
add(uint32_t sum, char c)
{
        return (sum ^ (uint8_t) c) * 16777619u;
}

/* ---- in ---- */

/* -1: no hex digit. */
static int
digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
begin(PvFrame *f)
{
        f->field = 1;
        f->word = f->digits = f->n = 0;
        f->sum = SUM_START;
}

static void
store_word(PvFrame *f)
{
        uint32_t *const at[] = {&f->sequence, &f->box.command, (uint32_t *) &f->box.result, &f->box.size};

        if (f->field <= sizeof at / sizeof at[0])
                *at[f->field - 1] = f->word;
        else
                f->box.arg[f->field - 1 - sizeof at / sizeof at[0]] = f->word;
        f->field++;
        f->word = f->digits = 0;
}

/* FALSE: no frame has so many. */
static bool
take_digit(PvFrame *f, uint32_t value)
{
        f->word = f->word << 4 | value;
        if (++f->digits > 8)
                return false;
        if (f->field != DATA || f->digits < 2)
                return true;
        if (f->n == PV_MAILBOX_DATA)
                return false;
        f->box.data[f->n++] = (uint8_t) f->word;
        f->word = f->digits = 0;
        return true;
}

/* What ends a word, or the data. FALSE: not here. */
static bool
take_mark(PvFrame *f, char c)
{
        if (c == ',' && f->field < DATA) {
                store_word(f);
                return true;
        }
        if (c != '.' || f->field != DATA || f->digits)
                return false;
        f->field = SUM;
        f->word = 0;
        return true;
}

bool
pv_frame_take(PvFrame *f, char head, char c)
{
        const int value = digit(c);

        if (c == head) {
                begin(f);
                return false;
        }
        if (f->field == IDLE)
                return false;
        if (f->field == SUM && c == ';') {
                f->field = IDLE;
                return f->word == f->sum && f->box.size <= PV_MAILBOX_DATA;
        }
        if (f->field < SUM && c != '.')
                f->sum = add(f->sum, c);
        if (!(value >= 0 ? take_digit(f, (uint32_t) value) : take_mark(f, c)))
                f->field = IDLE;
        return false;
}

/* ---- out ---- */

typedef struct Out {
        PvFramePut *put;
        void *sink;
        uint32_t sum;
} Out;

static void
put(Out *out, char c)
{
        out->sum = add(out->sum, c);
        out->put(out->sink, c);
}

/* At least so many digits. */
static void
put_hex(Out *out, uint32_t value, unsigned least)
{
        for (unsigned n = 8; n-- > 0;)
                if (n < least || value >> 4 * n)
                        put(out, "0123456789abcdef"[value >> 4 * n & 15]);
}

void
pv_frame_put(const PvMailbox *box, uint32_t sequence, uint32_t n, char head, PvFramePut *to, void *sink)
{
        const uint32_t first[] = {sequence, box->command, (uint32_t) box->result, box->size};
        Out out = {to, sink, SUM_START};
        uint32_t sum;

        to(sink, head);
        for (uint32_t i = 0; i < N_WORDS; i++) {
                const uint32_t n_first = sizeof first / sizeof first[0];

                put_hex(&out, i < n_first ? first[i] : box->arg[i - n_first], 0);
                put(&out, ',');
        }
        for (uint32_t i = 0; i < n; i++)
                put_hex(&out, box->data[i], 2);
        sum = out.sum;
        put(&out, '.');
        put_hex(&out, sum, 0);
        put(&out, ';');
        put(&out, '\n');
}
