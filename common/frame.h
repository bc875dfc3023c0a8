/* SPDX-License-Identifier: MIT */
/*
 * A mailbox as a line of text, for a serial port that others may print on too. Freestanding.
 *
 *   HEAD { WORD "," } x 12  { BYTE }  "." SUM ";"
 *
 * HEAD is ">" for a command and "<" for an answer; the words are sequence number, command, result, size and
 * arg[], in hex without leading zeros, 0 being no digit; BYTE is two digits of data; SUM is over all between
 * HEAD and ".". Whatever does not read so is junk, and HEAD begins anew after any of it.
 */
#ifndef PVABI_COMMON_FRAME_H
#define PVABI_COMMON_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "common/mailbox.h"

#define PV_FRAME_COMMAND '>'
#define PV_FRAME_ANSWER '<'

/* The most characters that a frame takes. */
#define PV_FRAME_MAX (1 + (4 + PV_MAILBOX_ARGS) * 9 + 2 * PV_MAILBOX_DATA + 10)

/* A frame on its way in; all zeros at first. */
typedef struct PvFrame {
        PvMailbox box; /* of the frame that is whole: data that was not sent stays what it was */
        uint32_t sequence;
        /* private */
        uint32_t field, word, digits, n, sum;
} PvFrame;

/* The next character. TRUE: with it a frame of this head is whole, and as it was sent. */
bool pv_frame_take(PvFrame *frame, char head, char c);

/* Where characters go. */
typedef void PvFramePut(void *sink, char c);

/* n: bytes of data that travel; the other side has the rest, or has no use for it. */
void pv_frame_put(const PvMailbox *box, uint32_t sequence, uint32_t n, char head, PvFramePut *put,
                  void *sink);

#endif
