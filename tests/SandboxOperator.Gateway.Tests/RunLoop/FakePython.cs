using System.Text;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>
/// A Python that knows one command a line: <c>print TEXT</c>, <c>show</c> (a picture), <c>write NAME TEXT</c>,
/// <c>raise NAME</c>, <c>hang</c> (until interrupted), <c>die</c>, <c>lose</c> (the sandbox).
/// </summary>
internal sealed class FakePython
{
    /// <summary>A picture of one pixel.</summary>
    public static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    );

    /// <summary>What sending a call throws, or null.</summary>
    public Exception? RunFails { get; set; }

    /// <summary>What a line does to the sandbox and says.</summary>
    public static IEnumerable<CallEvent> Run(FakeSandbox sandbox, string line)
    {
        var words = line.Split(' ', 3);
        switch (words[0])
        {
            case "print":
                yield return new CallOutput { Stream = "stdout", Text = line[6..] + "\n" };
                break;
            case "show":
                yield return new CallDisplay
                {
                    Data = new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["image/png"] = Convert.ToBase64String(Png),
                        ["text/plain"] = "<Figure>",
                    },
                };
                break;
            case "value":
                yield return new CallDisplay
                {
                    IsResult = true,
                    Data = new Dictionary<string, string>(StringComparer.Ordinal) { ["text/plain"] = words[1] },
                };
                break;
            case "write":
                sandbox.Files[words[1]] = Encoding.UTF8.GetBytes(words[2]);
                yield return new CallFiles { Files = [new FileEntry(words[1], words[2].Length, 0)] };
                break;
            case "cat":
                var text = sandbox.Files.TryGetValue(words[1], out var bytes)
                    ? Encoding.UTF8.GetString(bytes)
                    : "no such file";
                yield return new CallOutput { Stream = "stdout", Text = text + "\n" };
                break;
            case "raise":
                yield return new CallError
                {
                    Name = words[1],
                    Value = "'x'",
                    Traceback = $"Traceback (most recent call last):\n{words[1]}: 'x'",
                };
                break;
        }
    }
}
