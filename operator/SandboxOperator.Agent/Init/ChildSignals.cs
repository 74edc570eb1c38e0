namespace SandboxOperator.Agent.Init;

/// <summary>Dead children and the platform's wish to stop, as a descriptor to wait for. Nobody handles them otherwise.</summary>
internal sealed unsafe class ChildSignals
{
    private const int InfoBytes = 128;
    private const int SenderOffset = 12;
    private const int DoNotWait = 1;

    public ChildSignals()
    {
        var set = stackalloc ulong[16];
        _ = Native.EmptySignalSet(set);
        _ = Native.AddSignal(set, Native.SignalChild);
        _ = Native.AddSignal(set, Native.SignalTerminate);
        Descriptor = Descriptors.Check(Native.SignalDescriptor(-1, set, Native.CloseOnExec), "signalfd");
        Descriptors.SetNonBlocking(Descriptor);
    }

    public int Descriptor { get; }

    /// <summary>
    /// Takes what has come; false when the platform asks to stop: SIGTERM from outside, which has no sender that is
    /// seen from inside.
    /// </summary>
    public bool Read()
    {
        Span<byte> info = stackalloc byte[InfoBytes];
        var goOn = true;
        while (Descriptors.Read(Descriptor, info) == info.Length)
        {
            var number = BitConverter.ToInt32(info);
            var sender = BitConverter.ToInt32(info[SenderOffset..]);
            goOn &= number != Native.SignalTerminate || sender != 0;
        }

        return goOn;
    }

    /// <summary>The next child that has ended, with its status as <c>waitpid</c> gives it; null when there is none.</summary>
    public static (int Pid, int Status)? Reap()
    {
        int status;
        var pid = Native.Wait(-1, &status, DoNotWait);
        return pid > 0 ? (pid, status) : null;
    }
}
