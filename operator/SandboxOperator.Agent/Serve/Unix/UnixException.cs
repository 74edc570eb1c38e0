using System.Runtime.InteropServices;

namespace SandboxOperator.Agent.Serve.Unix;

/// <summary>A system call failed.</summary>
internal sealed class UnixException(string what, int error)
    : IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}")
{
    /// <summary>The value of <c>errno</c>.</summary>
    public int Error { get; } = error;

    /// <summary>True when there was no room for the bytes.</summary>
    public bool IsDiskFull => Error is LibC.NoSpace or LibC.QuotaExceeded or LibC.FileTooBig;

    /// <summary>The last system call's failure.</summary>
    public static UnixException Last(string what) => new(what, Marshal.GetLastPInvokeError());
}
