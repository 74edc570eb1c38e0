using System.ClientModel;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using OpenAI.Assistants;
using OpenAI.Files;
using SandboxOperator.Clients.Tests.Harness;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Clients.Tests;

/// <summary>Files in and out through the .NET client.</summary>
public sealed class FileTests(World world) : IClassFixture<World>
{
    private static readonly byte[] PngSignature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    [Fact]
    public async Task A_chart_of_an_uploaded_CSV_comes_back_as_an_image()
    {
        world.Model.When(
            "growth",
            ScriptedTurn.Python(
                """
                import pandas as pd, matplotlib.pyplot as plt
                growth = pd.read_csv("/mnt/data/umsätze.csv").revenue.pct_change() * 100
                growth.plot(kind="bar")
                plt.show()
                print(f"{growth.mean():.1f}")
                """
            ),
            ScriptedTurn.Say("On average {{last_tool_output:(-?\\d+\\.\\d)}} %.")
        );
        var csv = Encoding.UTF8.GetBytes("month,revenue\n2025-01,100\n2025-02,110\n2025-03,121\n");
        OpenAIFile file = await world.Files.UploadFileAsync(
            BinaryData.FromBytes(csv),
            "umsätze.csv",
            FileUploadPurpose.Assistants
        );
        file.Filename.ShouldBe("umsätze.csv");

        var run = await world.AskAsync("Show me the growth of revenue.", file.Id);

        run.ShouldBeCompleted(world);
        var message = await world.LastMessageAsync(run);
        message.Text().ShouldBe("On average 10.0 %.");
        var image = message.Content[0].ImageFileId.ShouldNotBeNull();
        BinaryData bytes = await world.Files.DownloadFileAsync(image);
        bytes.ToArray()[..8].ShouldBe(PngSignature);
        bytes.ToArray().Length.ShouldBeGreaterThan(2000);
    }

    [Fact]
    public async Task A_workbook_is_downloaded_through_its_annotation()
    {
        world.Model.When(
            "workbook",
            ScriptedTurn.Python(
                "import pandas as pd\npd.DataFrame({'n': [1, 2]}).to_excel('/mnt/data/n.xlsx', index=False)"
            ),
            ScriptedTurn.Say("Ça y est 😀: [n.xlsx](sandbox:/mnt/data/n.xlsx)")
        );

        var run = await world.AskAsync("Make a workbook.");

        run.ShouldBeCompleted(world);
        var message = await world.LastMessageAsync(run);
        var annotation = message.Content[0].TextAnnotations.ShouldHaveSingleItem();
        annotation.TextToReplace.ShouldBe("sandbox:/mnt/data/n.xlsx");
        var span = new StringInfo(message.Content[0].Text).SubstringByTextElements(
            annotation.StartIndex,
            annotation.EndIndex - annotation.StartIndex
        );
        span.ShouldBe(annotation.TextToReplace);
        BinaryData bytes = await world.Files.DownloadFileAsync(annotation.OutputFileId);
        using var zip = new ZipArchive(bytes.ToStream());
        zip.Entries.Select(entry => entry.FullName).ShouldContain("xl/workbook.xml");
    }

    [Fact]
    public async Task Files_are_listed_read_and_deleted()
    {
        OpenAIFile file = await world.Files.UploadFileAsync(
            BinaryData.FromString("hello"),
            "hello.txt",
            FileUploadPurpose.UserData
        );

        OpenAIFileCollection listed = await world.Files.GetFilesAsync();
        listed.ShouldContain(one => one.Id == file.Id);
        BinaryData content = await world.Files.DownloadFileAsync(file.Id);
        content.ToString().ShouldBe("hello");
        FileDeletionResult deleted = await world.Files.DeleteFileAsync(file.Id);
        deleted.Deleted.ShouldBeTrue();
        var missing = await Should.ThrowAsync<ClientResultException>(async () =>
            await world.Files.GetFileAsync(file.Id)
        );
        missing.Status.ShouldBe(404);
    }
}
