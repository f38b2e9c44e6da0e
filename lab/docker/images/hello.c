/* What the lab's stand-in for the image hello-world runs. */
#include <stdio.h>

int main(void) {
  puts("");
  puts("Hello from Docker!");
  puts("You are reading this because your engine can run containers.");
  puts("(This is the lab's stand-in for the image hello-world.)");
  puts("");
  puts("What happened:");
  puts(" 1. A client asked the Docker daemon to run the image \"hello-world\".");
  puts(" 2. The daemon did not have that image and pulled it from a registry.");
  puts(" 3. The daemon created a container from the image and started this program in it.");
  puts(" 4. The daemon streamed what the program wrote back to the client, which shows it to you.");
  puts("");
  return 0;
}
