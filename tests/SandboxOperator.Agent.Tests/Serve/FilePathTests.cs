using System.Text;
using FsCheck.Xunit;
using SandboxOperator.Agent.Serve.Files;
using SandboxOperator.Agent.Serve.Http;
using Shouldly;

namespace SandboxOperator.Agent.Tests.Serve;

public sealed class FilePathTests
{
    private static readonly string[] Pieces =
    [
        "a",
        "..",
        ".",
        "/",
        "//",
        "%",
        "%2f",
        "%2e",
        "%2E%2e",
        "%00",
        "%ff",
        "\0",
        "\n",
        "\\",
        "é",
        "𝄞",
        "\ud800",
        "~",
        " ",
        FilePath.TemporaryPrefix,
        new('x', 255),
        "%c3%a9",
    ];

    [Property(MaxTest = 2000)]
    public void Whatever_is_accepted_lies_beneath_the_directory(int seed)
    {
        var random = new Random(seed);
        var text = string.Concat(
            Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)])
        );
        foreach (var read in (Func<string, FilePath>[])[FilePath.Parse, FilePath.FromUrl])
        {
            if (Try(read, text) is not { } path)
            {
                continue;
            }

            Path.GetFullPath(Path.Combine("/base", path.Text)).ShouldBe("/base/" + path.Text, text);
            path.Parts.Select(part => Encoding.UTF8.GetString(part.AsSpan(0, part.Length - 1)))
                .ShouldBe(path.Text.Split('/'));
            path.Parts.ShouldAllBe(part => part.Length > 1 && Array.IndexOf(part, (byte)0) == part.Length - 1);
            path.Text.Any(char.IsControl).ShouldBeFalse();
        }
    }

    [Property(MaxTest = 500)]
    public void A_path_survives_its_way_through_a_url(int seed)
    {
        var random = new Random(seed);
        var name = string.Concat(
            Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)])
        );
        if (Try(FilePath.Parse, name) is { } path)
        {
            FilePath.FromUrl(Uri.EscapeDataString(name)).Text.ShouldBe(path.Text);
        }
    }

    private static FilePath? Try(Func<string, FilePath> read, string text)
    {
        try
        {
            return read(text);
        }
        catch (RequestException e)
        {
            e.Status.ShouldBe(400);
            return null;
        }
    }
}
