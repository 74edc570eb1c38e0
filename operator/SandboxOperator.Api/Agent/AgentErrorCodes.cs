namespace SandboxOperator.Api.Agent;

/// <summary>The values of <see cref="AgentError.Code"/>.</summary>
public static class AgentErrorCodes
{
    /// <summary>400: the request is not of the documented form.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>404: no such call or file, or the path is not a regular file beneath the working directory.</summary>
    public const string NotFound = "not_found";

    /// <summary>409: the call id was used with other code.</summary>
    public const string CallIdReused = "call_id_reused";

    /// <summary>409: a caller with a higher lease epoch has been here.</summary>
    public const string EpochFenced = "epoch_fenced";

    /// <summary>409: another call runs; a kernel runs one at a time.</summary>
    public const string Busy = "busy";

    /// <summary>412: this is another incarnation of the agent than the one named.</summary>
    public const string IncarnationMismatch = "incarnation_mismatch";

    /// <summary>503: the kernel side is not up; Retry-After says when to ask again.</summary>
    public const string KernelUnavailable = "kernel_unavailable";

    /// <summary>507: the file does not fit into the disk limit.</summary>
    public const string DiskFull = "disk_full";

    /// <summary>500: the agent itself failed.</summary>
    public const string Internal = "internal";
}
