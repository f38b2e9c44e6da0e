/** Processors that we can assemble for, in Docker's words for them. */
export type Architecture = 'amd64' | 'arm64';

const headerBytes = 64 + 56;
const base = 0x400000;

/**
 * A static Linux program that writes `text` to its standard output and exits with 0: an ELF header, one segment, the few
 * instructions of two system calls, and the text.
 * @see man 5 elf; man 2 syscall
 */
export function helloProgram(text: string, architecture: Architecture): Buffer {
  const message = Buffer.from(text, 'utf8');
  const code = architecture === 'amd64' ? amd64(message.length) : arm64(message.length);
  const size = headerBytes + code.length + message.length;
  const elf = Buffer.alloc(headerBytes);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2 /* 64 bit */, 1 /* little endian */, 1 /* version */]);
  elf.writeUInt16LE(2, 16); // executable
  elf.writeUInt16LE(architecture === 'amd64' ? 62 : 183, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(BigInt(base + headerBytes), 24); // entry point: right after the headers
  elf.writeBigUInt64LE(64n, 32); // program header
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, 64); // PT_LOAD
  elf.writeUInt32LE(5, 68); // readable, executable
  elf.writeBigUInt64LE(BigInt(base), 80);
  elf.writeBigUInt64LE(BigInt(base), 88);
  elf.writeBigUInt64LE(BigInt(size), 96);
  elf.writeBigUInt64LE(BigInt(size), 104);
  elf.writeBigUInt64LE(0x10000n, 112); // arm64 machines may have pages of 64 KiB
  return Buffer.concat([elf, code, message]);
}

/** write(1, message, length); exit(0). The message follows the code. */
function amd64(length: number): Buffer {
  const code = Buffer.from([
    0xb8, 1, 0, 0, 0, //             mov eax, 1 (write)
    0xbf, 1, 0, 0, 0, //             mov edi, 1 (standard output)
    0x48, 0x8d, 0x35, 0, 0, 0, 0, // lea rsi, [rip + rest of the code]
    0xba, 0, 0, 0, 0, //             mov edx, length
    0x0f, 0x05, //                   syscall
    0xb8, 60, 0, 0, 0, //            mov eax, 60 (exit)
    0x31, 0xff, //                   xor edi, edi
    0x0f, 0x05, //                   syscall
  ]);
  code.writeInt32LE(code.length - 17, 13);
  code.writeInt32LE(length, 18);
  return code;
}

function arm64(length: number): Buffer {
  const instructions = [
    0xd2800020, //                    mov x0, 1 (standard output)
    0, //                             adr x1, message
    (0xd2800002 | length << 5) >>> 0, // mov x2, length
    0xd2800808, //                    mov x8, 64 (write)
    0xd4000001, //                    svc 0
    0xd2800000, //                    mov x0, 0
    0xd2800ba8, //                    mov x8, 93 (exit)
    0xd4000001, //                    svc 0
  ];
  // The message's distance from the second instruction, split as adr wants it: two low bits, then the rest.
  const distance = (instructions.length - 1) * 4;
  instructions[1] = (0x10000001 | (distance & 3) << 29 | distance >> 2 << 5) >>> 0;
  const code = Buffer.alloc(instructions.length * 4);
  instructions.forEach((instruction, index) => code.writeUInt32LE(instruction, index * 4));
  return code;
}
