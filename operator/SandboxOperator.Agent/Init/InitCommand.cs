using SandboxOperator.Agent.Link;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Init;

/// <summary><c>sandbox-agent init</c>: PID 1 of the sandbox.</summary>
internal static unsafe class InitCommand
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Runs until the agent is gone. Everything below starts only after the system call filter is in place.</summary>
    public static int Run(string[] args)
    {
        var options = InitOptions.Parse(args);
        try
        {
            if (!options.Clean)
            {
                Hardening.StartAgain(args);
            }

            if (Native.ProcessId() != 1)
            {
                throw new IOException("init must be PID 1 of a process namespace of its own");
            }

            Hardening.Apply();
            var checks = IsolationProbe.Run(options.ApiServer);
            return IsolationProbe.Refusal(checks) is { } refusal
                ? Refuse(options, checks, refusal)
                : Serve(options, checks);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sandbox-agent init: {e.Message}");
            return 1;
        }
    }

    /// <summary>
    /// Ends before anything else runs in the sandbox. The platform reads why from the exit code and the last words, the
    /// agent from the greeting.
    /// </summary>
    private static int Refuse(InitOptions options, IReadOnlyList<IsolationCheck> checks, string refusal)
    {
        TerminationLog.Write(refusal);
        Console.Error.WriteLine($"sandbox-agent init: {refusal}");
        new LinkWriter(new DescriptorStream(Connect(options.KernelSocket, TimeProvider.System))).Write(
            Hello(options, checks)
        );
        return AgentExitCodes.NotIsolated;
    }

    private static int Serve(InitOptions options, IReadOnlyList<IsolationCheck> checks)
    {
        HomeFolder.Prepare(options.Home);
        var agent = Connect(options.KernelSocket, TimeProvider.System);
        var state = new SandboxState();
        using var supervisor = new Supervisor(options, state, TimeProvider.System, agent, new ChildSignals());
        new LimitWatch(options, state).Start();
        new DiskWatch(options, state, TimeProvider.System).Start();
        supervisor.Run(Hello(options, checks));
        return 0;
    }

    private static LinkMessage.Hello Hello(InitOptions options, IReadOnlyList<IsolationCheck> checks) =>
        new(LinkMessage.ProtocolVersion, Limits(options), checks);

    private static int Connect(string path, TimeProvider time)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < ConnectTimeout)
        {
            if (Descriptors.ConnectUnix(path, SendTimeout) is var socket and >= 0)
            {
                return socket;
            }

            _ = Native.Poll(null, 0, 20);
        }

        throw new IOException($"nobody listens on {path}");
    }

    private static LimitStatus[] Limits(InitOptions options) =>
        [
            new("memory", Words.Size(options.MemoryBytes), "init's watch (killed at 90 %), RLIMIT_DATA"),
            new("processes", $"{options.Processes}", "init's watch, RLIMIT_NPROC"),
            new("disk", $"{Words.Size(options.DiskBytes)}, {options.Files} files", "init's watch, RLIMIT_FSIZE"),
        ];
}
