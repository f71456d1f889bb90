/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of op_put.h: the parts of the script that are always the same.
 * Each says what it does where it stands. */
#ifndef OP_PUT_TEXT_H
#define OP_PUT_TEXT_H

extern const char op_put_text_begin[];
extern const char op_put_text_keep[];
extern const char op_put_text_move[];
extern const char op_put_text_merge[];
extern const char op_put_text_settle[];
extern const char op_put_text_take_file[];
extern const char op_put_text_take_tree[];
extern const char op_put_text_end[];

#endif
