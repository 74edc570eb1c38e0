using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// What init does to itself before it starts anything. Code in the sandbox runs as the same user in the same process
/// namespace: what it could do to init, it would.
/// </summary>
internal static unsafe class Hardening
{
    private const int Dumpable = 4;
    private const int ProcessName = 15;
    private const int NoNewPrivileges = 38;
    private const int BlockSignals = 0;
    private const int FirstRealTimeSignal = 32;
    private const int CloseRangeOnExec = 4;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;
    private const int FirstInherited = 3;
    private const int LastTried = 1024;
    private const nuint SetModeFilter = 1;
    private const nuint AllThreads = 1;

    /// <summary>
    /// Starts this program again with an empty environment (so that <c>/proc/1/environ</c> shows none) and with its
    /// signals blocked: PID 1 ignores deadly signals from inside, but not those that the runtime has handlers for. The
    /// real-time ones stay, because the garbage collector stops threads with one. Descriptors that whoever started the
    /// gateway left open end here, too. Returns only by an exception.
    /// </summary>
    public static void StartAgain(ReadOnlySpan<string> args)
    {
        var set = stackalloc ulong[16];
        _ = Native.EmptySignalSet(set);
        for (var signal = 1; signal < FirstRealTimeSignal; signal++)
        {
            _ = Native.AddSignal(set, signal);
        }

        _ = Native.SignalMask(BlockSignals, set, null);
        CloseInherited();
        var arguments = Descriptors.Strings(["sandbox-agent", "init", InitOptions.CleanFlag, .. ApiServer(), .. args]);
        Descriptors.Check(Native.Execute("/proc/self/exe", arguments, Descriptors.Strings([])), "execve");
    }

    /// <summary>Kubernetes tells every container where its API server is. Init tries it, and what it starts is not told.</summary>
    private static string[] ApiServer()
    {
        var host = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST");
        var port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT");
        return
            IPAddress.TryParse(host, out var address)
            && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? [InitOptions.ApiServerOption, new IPEndPoint(address, number).ToString()]
            : [];
    }

    private static void CloseInherited()
    {
        if (Native.CloseRange(FirstInherited, uint.MaxValue, CloseRangeOnExec) == 0)
        {
            return;
        }

        // Linux before 5.11.
        for (var descriptor = FirstInherited; descriptor < LastTried; descriptor++)
        {
            _ = Native.Control(descriptor, SetDescriptorFlags, CloseOnExec);
        }
    }

    /// <summary>Closes <c>/proc/1/mem</c>, <c>fd</c> and <c>environ</c> to the sandbox, then filters system calls.</summary>
    public static void Apply()
    {
        Descriptors.Check(Native.ProcessControl(Dumpable, 0, 0, 0, 0), "prctl(PR_SET_DUMPABLE)");
        fixed (byte* name = "sandbox-agent\0"u8)
        {
            // A program started through /proc/self/exe is otherwise called "exe".
            _ = Native.ProcessControl(ProcessName, (nuint)name, 0, 0, 0);
        }

        Descriptors.Check(Native.ProcessControl(NoNewPrivileges, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
        var instructions = SeccompFilter.Build(SystemCalls.Native);
        fixed (SeccompInstruction* start = instructions)
        {
            var program = new Native.FilterProgram { Length = (ushort)instructions.Length, Instructions = start };
            var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317;
            var result = Native.Seccomp(number, SetModeFilter, AllThreads, &program);
            if (result != 0)
            {
                throw new IOException(
                    result > 0
                        ? $"seccomp: thread {result} has a filter of its own"
                        : $"seccomp: {Native.LastErrorText}"
                );
            }
        }
    }
}
