/* SPDX-License-Identifier: MIT */
/* How bytes mean a hostile machine: shared by the harness and by what makes its seeds. */
#ifndef PVABI_FUZZ_HOSTILE_H
#define PVABI_FUZZ_HOSTILE_H

/*
 * The head, a byte each: consumer, revision of the device, revision that the consumer assumes (0: it probes), topology,
 * room in the view (0: as many CPUs as there can be), guest kind, phase, memory model. Then a lie:
 *      number    2      of those of the backend, then of the GHCB's; 0: none
 *      kind      1      0: its own; else of those that a host can tell
 *      operand   8      and what follows: what it differs by
 *      then      2
 *      width     2
 *      skip      2
 *      times     2
 *      moods     1      bit 0: latched, bit 1: after an event
 * Then events, one byte each and a selector: 0 none, 1 a plug, 2 an unplug request. Then slips of the device: how many
 * accesses and transfers come before one, what it is, and its own bytes. Where the bytes end, the device is honest.
 */
#define FUZZ_LIE_CHANGES 18u /* bytes behind the number */
#define FUZZ_EVENTS 3u

#endif
