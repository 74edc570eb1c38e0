using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Conversation;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Conversation;

public sealed class PictureLoaderTests
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 1, 2];

    [Fact]
    public async Task Pictures_are_loaded_once_and_what_is_none_says_why()
    {
        var opened = new List<string>();
        var history = new HistoryItem[] { Shows("a", "b"), Shows("a", "text", "large", "gone") };
        var pictures = await PictureLoader.LoadAsync(
            history,
            (id, _) =>
            {
                opened.Add(id);
                return Task.FromResult(
                    id switch
                    {
                        "gone" => null,
                        "text" => new PictureFile("x.txt", 2, new MemoryStream("hi"u8.ToArray())),
                        "large" => new PictureFile("l.png", PictureLoader.MaxBytes + 1, Stream.Null),
                        _ => new PictureFile($"{id}.png", Png.Length, new MemoryStream(Png)),
                    }
                );
            },
            CancellationToken.None
        );
        opened.ShouldBe(["a", "b", "text", "large", "gone"], ignoreOrder: true);
        pictures["a"].DataUri.ShouldBe("data:image/png;base64," + Convert.ToBase64String(Png));
        pictures["text"].WhyNot.ShouldNotBeNull().ShouldContain("PNG");
        pictures["large"].WhyNot.ShouldNotBeNull().ShouldContain("large");
        pictures.ContainsKey("gone").ShouldBeFalse();
    }

    private static ClientMessage Shows(params string[] ids) =>
        new(
            "user",
            new JsonArray([
                .. ids.Select(id =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["type"] = "image_file",
                            ["image_file"] = new JsonObject { ["file_id"] = id },
                        }
                ),
            ]),
            []
        );
}
