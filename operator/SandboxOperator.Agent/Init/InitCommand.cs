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
            Directory.CreateDirectory(Path.Combine(options.Home, ".config", "matplotlib"));
            Serve(options);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sandbox-agent init: {e.Message}");
            return 1;
        }
    }

    private static void Serve(InitOptions options)
    {
        var agent = Connect(options.KernelSocket, TimeProvider.System);
        var state = new SandboxState();
        using var supervisor = new Supervisor(options, state, TimeProvider.System, agent, new ChildSignals());
        new LimitWatch(options, state).Start();
        new DiskWatch(options, state, TimeProvider.System).Start();
        supervisor.Run(new LinkMessage.Hello(LinkMessage.ProtocolVersion, Limits(options), IsolationProbe.Run()));
    }

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
