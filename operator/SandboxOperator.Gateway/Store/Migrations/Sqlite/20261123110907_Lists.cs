using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SandboxOperator.Gateway.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Lists : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_Threads_Project_Seq",
                table: "Threads",
                columns: new[] { "Project", "Seq" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_Runs_AssistantId_Seq",
                table: "Runs",
                columns: new[] { "AssistantId", "Seq" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_Runs_CreatedAtMs_Seq",
                table: "Runs",
                columns: new[] { "CreatedAtMs", "Seq" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_Runs_Project_AssistantId_Seq",
                table: "Runs",
                columns: new[] { "Project", "AssistantId", "Seq" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_Runs_Project_Seq",
                table: "Runs",
                columns: new[] { "Project", "Seq" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_Runs_Project_Status_Seq",
                table: "Runs",
                columns: new[] { "Project", "Status", "Seq" }
            );

            migrationBuilder.CreateIndex(name: "IX_Runs_Status_Seq", table: "Runs", columns: new[] { "Status", "Seq" });

            migrationBuilder.CreateIndex(
                name: "IX_Assistants_Project_Seq",
                table: "Assistants",
                columns: new[] { "Project", "Seq" }
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "IX_Threads_Project_Seq", table: "Threads");

            migrationBuilder.DropIndex(name: "IX_Runs_AssistantId_Seq", table: "Runs");

            migrationBuilder.DropIndex(name: "IX_Runs_CreatedAtMs_Seq", table: "Runs");

            migrationBuilder.DropIndex(name: "IX_Runs_Project_AssistantId_Seq", table: "Runs");

            migrationBuilder.DropIndex(name: "IX_Runs_Project_Seq", table: "Runs");

            migrationBuilder.DropIndex(name: "IX_Runs_Project_Status_Seq", table: "Runs");

            migrationBuilder.DropIndex(name: "IX_Runs_Status_Seq", table: "Runs");

            migrationBuilder.DropIndex(name: "IX_Assistants_Project_Seq", table: "Assistants");
        }
    }
}
