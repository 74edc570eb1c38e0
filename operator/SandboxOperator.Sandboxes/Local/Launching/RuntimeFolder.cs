using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>
/// The programs and settings that every sandbox sees, in a folder named after their contents, so that a new version
/// never changes under a sandbox that runs. A copy, because a sandbox's user may not enter the gateway's folders.
/// </summary>
internal static class RuntimeFolder
{
    public const string Agent = "sandbox-agent";
    public const string Kernel = "kernel.py";
    public const string Matplotlib = "matplotlib";

    /// <summary>Files of <c>/etc</c> that are made up: a sandbox does not learn whose machine it is on.</summary>
    public static readonly IReadOnlyList<string> MadeUp = ["group", "hosts", "nsswitch.conf", "passwd"];

    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Enterable =
        Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private static readonly TimeSpan LongestBaking = TimeSpan.FromSeconds(60);

    private static readonly string[] Contents =
    [
        "root:x:0:\nsandbox:x:1000:\nnogroup:x:65534:\n",
        "127.0.0.1 localhost\n::1 localhost\n",
        "passwd: files\ngroup: files\nhosts: files\n",
        "root:x:0:0:root:/:/usr/sbin/nologin\nsandbox:x:1000:1000:sandbox:/home/sandbox:/bin/sh\n"
            + "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n",
    ];

    /// <summary>The folder for these programs, made when it is not there yet.</summary>
    public static async Task<string> PrepareAsync(string parent, LocalSandboxOptions options, TimeProvider time)
    {
        var (agent, kernel) = AgentFiles.Locate(options);
        var folder = $"{parent}/{await NameAsync(agent, kernel, options.PythonPath)}";
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var draft = $"{parent}/draft";
        Delete(draft);
        Folder.Create(draft, Enterable);
        Copy(agent, $"{draft}/{Agent}", Enterable);
        Copy(kernel, $"{draft}/{Kernel}", Readable);
        Folder.Create($"{draft}/etc", Enterable);
        foreach (var (name, content) in MadeUp.Zip(Contents))
        {
            AtomicFile.Write($"{draft}/etc/{name}", content, Readable);
        }

        await BakeFontsAsync($"{draft}/{Matplotlib}", options.PythonPath, time);
        Directory.Move(draft, folder);
        return folder;
    }

    /// <summary>Deletes the folders of other versions, which no sandbox may be using.</summary>
    public static void DeleteOthers(string folder)
    {
        foreach (var other in Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!))
        {
            if (!string.Equals(other, folder, StringComparison.Ordinal))
            {
                Delete(other);
            }
        }
    }

    // Without the list of fonts, the first figure of every sandbox would make it. A Python without matplotlib is not
    // refused here: what is missing, the checks say.
    private static async Task BakeFontsAsync(string folder, string python, TimeProvider time)
    {
        Folder.Create(folder, Enterable);
        await Command.RunAsync(
            [python, "-I", "-B", "-c", "import matplotlib.font_manager"],
            LongestBaking,
            time,
            start =>
            {
                start.Environment["HOME"] = folder;
                start.Environment["MPLCONFIGDIR"] = folder;
            }
        );
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            File.SetUnixFileMode(file, Readable);
        }
    }

    private static async Task<string> NameAsync(string agent, string kernel, string python)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in new[] { agent, kernel })
        {
            await using var file = File.OpenRead(path);
            hash.AppendData(await SHA256.HashDataAsync(file));
        }

        // The list of fonts follows what is installed.
        var installed = new[]
        {
            "/usr/share/fonts",
            "/usr/share/fonts/truetype",
            "/usr/lib/python3/dist-packages",
            python,
        }.Select(path => File.GetLastWriteTimeUtc(path).Ticks.ToString(CultureInfo.InvariantCulture));
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', [.. installed, .. Contents])));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    private static void Copy(string from, string to, UnixFileMode mode)
    {
        File.Copy(from, to);
        File.SetUnixFileMode(to, mode);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
