using SandboxOperator.Api.Agent;

namespace SandboxOperator.Controller.Pods;

/// <summary>Where things lie in a sandbox pod.</summary>
internal static class SandboxPaths
{
    /// <summary>Init and the kernel, read-only; in the agent's image and in the kernel's container.</summary>
    public const string Programs = "/opt/sandbox";

    public const string Agent = AgentLocation.Program;
    public const string Kernel = Programs + "/kernel.py";

    /// <summary>The working directory, shared by both.</summary>
    public const string Data = "/mnt/data";

    /// <summary>Programs' settings; counts for the disk limit.</summary>
    public const string Home = "/home/sandbox";

    /// <summary>Temporary files; count for the disk limit.</summary>
    public const string Temporary = "/tmp";

    /// <summary>The folder of the one socket between both.</summary>
    public const string Link = "/run/sandbox";

    public const string KernelSocket = Link + "/kernel.sock";

    /// <summary>The agent's own: its API and its log of calls. The kernel's container does not have it.</summary>
    public const string State = "/var/lib/sandbox-agent";

    public const string AgentSocket = AgentLocation.Socket;
    public const string Calls = State + "/calls";
    public const string SharedMemory = "/dev/shm";
}
