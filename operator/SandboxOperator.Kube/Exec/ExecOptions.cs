namespace SandboxOperator.Kube.Exec;

/// <summary>Bounds of an exec stream.</summary>
public sealed class ExecOptions
{
    /// <summary>How long opening may take.</summary>
    public TimeSpan OpenTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the other side may take to accept one frame.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of output that wait for a reader before the other side is told to wait, too.</summary>
    public int BufferedBytes { get; set; } = 1 << 20;

    /// <summary>Bytes of standard error that are kept: the last ones.</summary>
    public int ErrorBytes { get; set; } = 16 << 10;
}
