namespace SandboxOperator.Agent.Init;

/// <summary>
/// The system calls that nothing in a sandbox may make, as a BPF program. What it is not asked about it allows: it
/// stands beside the platform's own filter, not in its place.
/// </summary>
/// <remarks>
/// 1. A call of a foreign instruction set ends the process: its numbers mean something else.
/// 2. Sockets are local ones only: no IP, netlink, packet or vsock, whatever the network lets through.
/// 3. No new namespaces. <c>clone3</c>, whose flags a filter cannot see, is answered as if the kernel were older.
/// 4. Memory that no limit counts (memory files, System V segments) does not exist, and sockets hold what they hold by
///    default.
/// 5. What reaches into other processes, the kernel or the machine is refused.
/// </remarks>
internal static class SeccompFilter
{
    public const uint Allow = 0x7FFF0000;
    public const uint KillProcess = 0x80000000;
    public const uint NotPermitted = 0x00050000 | 1;
    public const uint NotImplemented = 0x00050000 | 38;

    /// <summary>NEWTIME is left out: in <c>clone</c> its bit belongs to the exit signal.</summary>
    public const uint NewNamespaces =
        0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;

    private const uint UnixSockets = 1;
    private const uint OffsetOfNumber = 0;
    private const uint OffsetOfArchitecture = 4;
    private const uint OffsetOfFirstArgument = 16;
    private const uint OffsetOfThirdArgument = 32;
    private const uint SendBufferOption = 7;

    private const ushort Load = 0x20;
    private const ushort IfEqual = 0x15;
    private const ushort IfAtLeast = 0x35;
    private const ushort IfAnyBit = 0x45;
    private const ushort Return = 0x06;

    /// <summary>Builds the program for an instruction set.</summary>
    public static SeccompInstruction[] Build(SystemCalls calls)
    {
        List<SeccompInstruction> program =
        [
            new(Load, 0, 0, OffsetOfArchitecture),
            new(IfEqual, 1, 0, calls.AuditArchitecture),
            new(Return, 0, 0, KillProcess),
            new(Load, 0, 0, OffsetOfNumber),
        ];
        if (calls.ForeignBit != 0)
        {
            program.Add(new(IfAtLeast, 0, 1, calls.ForeignBit));
            program.Add(new(Return, 0, 0, NotPermitted));
        }

        // Only the lower half of an argument is looked at: the kernel reads these ones as 32 bits.
        Argument(calls.Socket, IfEqual, UnixSockets, Allow, NotPermitted);
        Argument(calls.SocketPair, IfEqual, UnixSockets, Allow, NotPermitted);
        Argument(calls.CloneProcess, IfAnyBit, NewNamespaces, NotPermitted, Allow);
        // Another process's limits, init's among them, are not for user code.
        Argument(calls.ResourceLimit, IfEqual, 0, Allow, NotPermitted);
        Argument(calls.SetSocketOption, IfEqual, SendBufferOption, NotPermitted, Allow, OffsetOfThirdArgument);
        Always(calls.Clone3, NotImplemented);
        Always(calls.MemoryFile, NotImplemented);
        foreach (var number in calls.Forbidden.Values)
        {
            Always(number, NotPermitted);
        }

        program.Add(new(Return, 0, 0, Allow));
        return [.. program];

        void Always(uint number, uint answer)
        {
            program.Add(new(IfEqual, 0, 1, number));
            program.Add(new(Return, 0, 0, answer));
        }

        void Argument(
            uint number,
            ushort test,
            uint value,
            uint ifTrue,
            uint ifFalse,
            uint offset = OffsetOfFirstArgument
        )
        {
            program.Add(new(IfEqual, 0, 4, number));
            program.Add(new(Load, 0, 0, offset));
            program.Add(new(test, 0, 1, value));
            program.Add(new(Return, 0, 0, ifTrue));
            program.Add(new(Return, 0, 0, ifFalse));
        }
    }
}
