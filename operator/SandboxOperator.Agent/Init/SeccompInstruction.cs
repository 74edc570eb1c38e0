using System.Runtime.InteropServices;

namespace SandboxOperator.Agent.Init;

/// <summary>One instruction of a classic BPF program, as the kernel's <c>struct sock_filter</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SeccompInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);
