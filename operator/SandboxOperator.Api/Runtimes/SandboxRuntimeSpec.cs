using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Runtimes;

/// <summary>What sandboxes are made from: image, libraries, resources, limits, isolation.</summary>
public sealed record SandboxRuntimeSpec
{
    /// <summary>The image of the kernel side: any with Python, IPython and glibc 2.34 or newer.</summary>
    [Required, Length(1, 512), Pattern(@"^[A-Za-z0-9][A-Za-z0-9._:/@-]*$")]
    public string Image { get; set; } = "";

    /// <summary>When the image is pulled.</summary>
    [OneOf("Always", "IfNotPresent", "Never")]
    public string ImagePullPolicy { get; set; } = "IfNotPresent";

    /// <summary>Secrets of the same namespace that allow pulling the image.</summary>
    [Items(0, 16)]
    public IReadOnlyList<LocalReference>? ImagePullSecrets { get; set; }

    /// <summary>The Python interpreter in the image.</summary>
    [Length(2, 256), Pattern("^/[A-Za-z0-9._/+-]+$")]
    public string Python { get; set; } = "/usr/bin/python3";

    /// <summary>Modules that every kernel has imported when it starts.</summary>
    [Items(0, 64), Length(1, 128), Pattern(@"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$")]
    public IReadOnlyList<string> Preload { get; set; } = ["pandas", "numpy", "matplotlib.pyplot"];

    /// <summary>Whether new sessions may start. Set it to false during an incident; sessions that run go on.</summary>
    public bool AcceptSessions { get; set; } = true;

    /// <summary>What a sandbox asks its node for, and gets at most.</summary>
    public RuntimeResources Resources { get; set; } = new();

    /// <summary>Limits inside the sandbox. Hitting one never ends the session silently.</summary>
    public RuntimeLimits Limits { get; set; } = new();

    /// <summary>Isolation beyond what every sandbox has.</summary>
    public RuntimeIsolation Isolation { get; set; } = new();

    /// <summary>Where sandboxes may run.</summary>
    public RuntimeScheduling? Scheduling { get; set; }
}
