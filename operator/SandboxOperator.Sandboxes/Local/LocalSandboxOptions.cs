namespace SandboxOperator.Sandboxes.Local;

/// <summary>Settings of sandboxes on this machine: the configuration section <c>Sandbox</c>.</summary>
public sealed class LocalSandboxOptions
{
    /// <summary>The configuration section these settings are read from.</summary>
    public const string Section = "Sandbox";

    /// <summary>
    /// Where sandboxes and their files live. Default: as root <c>/var/lib/sandbox-operator/&lt;hash of the data
    /// directory&gt;</c>, because sandboxes then run as users that may not enter the data directory; else
    /// <c>sandboxes</c> in the data directory.
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>The gateway's data directory, from which the default of <see cref="Directory"/> follows.</summary>
    public string DataDirectory { get; set; } = ".data";

    /// <summary>The agent's binary. Default: <c>sandbox-agent</c> beside the gateway or in <c>../agent</c>.</summary>
    public string? AgentPath { get; set; }

    /// <summary>The kernel program. Default: <c>kernel.py</c> beside the agent.</summary>
    public string? KernelPath { get; set; }

    /// <summary>Bubblewrap's binary.</summary>
    public string BubblewrapPath { get; set; } = "/usr/bin/bwrap";

    /// <summary>The Python of the sandboxes; must lie beneath <c>/usr</c>.</summary>
    public string PythonPath { get; set; } = "/usr/bin/python3";

    /// <summary>Modules that every kernel starts with, separated by commas.</summary>
    public string Preload { get; set; } = "pandas,numpy,matplotlib.pyplot";

    /// <summary>Names of environment variables that sandboxes inherit from the gateway, separated by commas.</summary>
    public string PassEnvironment { get; set; } = "OPENBLAS_CORETYPE,OPENBLAS_L2_SIZE";

    /// <summary>How many warm sandboxes are kept ready for the next new session.</summary>
    public int Warm { get; set; } = 1;

    /// <summary>How many sandboxes may run at once. Default: as many as fit into the machine's memory, 2 to 32.</summary>
    public int? MaxSandboxes { get; set; }

    /// <summary>How long after its last call a session ends.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a sandbox may take to start.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a call may run.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Memory of one sandbox, in bytes.</summary>
    public long MemoryBytes { get; set; } = 1L << 30;

    /// <summary>Processor cores of one sandbox; a fraction is allowed.</summary>
    public double Cpus { get; set; } = 1;

    /// <summary>Processes and threads of one sandbox.</summary>
    public int Processes { get; set; } = 128;

    /// <summary>Bytes that one sandbox may store.</summary>
    public long DiskBytes { get; set; } = 4L << 30;

    /// <summary>Files that one sandbox may store.</summary>
    public int Files { get; set; } = 100_000;

    /// <summary>Bytes of text that one call may write before its middle is left out.</summary>
    public long OutputBytes { get; set; } = 1L << 20;

    /// <summary>Shared memory of one sandbox, in bytes; counts as its memory.</summary>
    public long SharedMemoryBytes { get; set; } = 64L << 20;
}
