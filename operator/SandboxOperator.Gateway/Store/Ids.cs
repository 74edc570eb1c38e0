using System.Security.Cryptography;

namespace SandboxOperator.Gateway.Store;

/// <summary>Makes the ids that clients see: a prefix that says what it is, and enough randomness never to repeat.</summary>
internal static class Ids
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string Assistant() => "asst_" + Letters(24);

    public static string Thread() => "thread_" + Letters(24);

    public static string Message() => "msg_" + Letters(24);

    public static string Run() => "run_" + Letters(24);

    public static string RunStep() => "step_" + Letters(24);

    public static string ToolCall() => "call_" + Letters(24);

    public static string File() => "file-" + Letters(22);

    public static string Upload() => "upload_" + Hex(32);

    public static string UploadPart() => "part_" + Hex(32);

    public static string Request() => "req_" + Hex(32);

    private static string Letters(int count) => RandomNumberGenerator.GetString(Base62, count);

    private static string Hex(int count) => RandomNumberGenerator.GetHexString(count, lowercase: true);
}
